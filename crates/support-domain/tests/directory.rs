//! The lists of agents and departments, page by page.

mod common;

use support_domain::command::AgentFilter;
use support_domain::entity::Tier;
use support_domain::id::{AgentId, DepartmentId};

use crate::common::{World, now_or_never};

#[test]
fn pages_follow_each_other_though_a_filter_changes_its_mind() {
    let world = World::default();
    world.department("Technical Support", 1, &[]);
    for (name, tier) in [("Ada", 1), ("Ben", 2), ("Cleo", 1), ("Dana", 2)] {
        world.agent(name, "Technical Support", tier, 5);
    }
    let page = |filter: &AgentFilter, after: Option<AgentId>, limit: u32| {
        now_or_never(world.desk.agents(&world.admin, filter, after, limit)).expect("agents")
    };
    let names = |filter: &AgentFilter, after: Option<AgentId>, limit: u32| -> Vec<String> {
        page(filter, after, limit).iter().map(|agent| agent.name.as_str().to_owned()).collect()
    };
    let (all, first_tier) =
        (AgentFilter::default(), AgentFilter { tier: vec![Tier::FIRST], ..AgentFilter::default() });
    assert_eq!(names(&all, None, 2), ["Ada", "Ben"]);
    let ben = page(&all, None, 2).last().map(|agent| agent.id);
    assert_eq!(names(&all, ben, 2), ["Cleo", "Dana"]);
    // Ben is not of the first tier, but where he stands is known.
    assert_eq!(names(&first_tier, ben, 2), ["Cleo"]);
    let nobody = Some(AgentId::new(uuid::Uuid::nil()));
    assert_eq!(names(&first_tier, nobody, 5), ["Ada", "Cleo"]);
}

#[test]
fn departments_are_listed_page_by_page() {
    let world = World::default();
    for name in ["Billing", "Claims", "Fraud"] {
        world.department(name, 1, &[]);
    }
    let page = |after: Option<DepartmentId>| {
        let list = world.desk.departments(&world.admin, after, 2);
        now_or_never(list).expect("departments")
    };
    let names = |after| page(after).iter().map(|d| d.name.as_str().to_owned()).collect::<Vec<_>>();
    assert_eq!(names(None), ["Billing", "Claims"]);
    assert_eq!(names(page(None).last().map(|last| last.id)), ["Fraud"]);
}
