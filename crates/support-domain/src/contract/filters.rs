//! Which tickets a list holds. The tickets are those of [`query::eight`].

use crate::contract::query::{self, filter, found};
use crate::contract::sample::{self, agent_id, at, customer_id};
use crate::contract::scene::Scene;
use crate::id::UserId;
use crate::port::{PageStart, TicketFilter, TicketPage, TicketQuery, Total};
use crate::rules::access::Visibility;
use crate::time::Timestamp;
use crate::value::{Category, DepartmentName, Priority, Status, Tag};

pub(super) fn no_condition_lets_everything_through(scene: &Scene) {
    assert_eq!(found(scene, filter(|_| ())), [0; 0], "an empty store");
    eight(scene);
    assert_eq!(found(scene, filter(|_| ())), [1, 2, 3, 4, 5, 6, 7, 8]);
    let page = scene.list(&query::query(filter(|_| ())));
    assert_eq!(page.items, query::eight(), "whole tickets");
}

pub(super) fn by_status(scene: &Scene) {
    eight(scene);
    let by = |status: &[Status]| found(scene, filter(|f| f.status = status.to_vec()));
    assert_eq!(by(&[Status::Open]), [1, 6]);
    assert_eq!(by(&[Status::InProgress]), [2, 7]);
    assert_eq!(by(&[Status::Escalated]), [3, 8]);
    assert_eq!(by(&[Status::Resolved, Status::Closed]), [4, 5]);
    assert_eq!(by(Status::ALL), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(by(&[Status::Open, Status::Open]), [1, 6], "said twice");
}

pub(super) fn by_priority(scene: &Scene) {
    eight(scene);
    let by = |priority: &[Priority]| found(scene, filter(|f| f.priority = priority.to_vec()));
    assert_eq!(by(&[Priority::Low]), [1, 7]);
    assert_eq!(by(&[Priority::Medium]), [2, 5, 8]);
    assert_eq!(by(&[Priority::Urgent, Priority::High]), [3, 4, 6]);
}

pub(super) fn by_category(scene: &Scene) {
    eight(scene);
    let by = |category: &[Category]| found(scene, filter(|f| f.category = category.to_vec()));
    for (category, expected) in
        Category::ALL.iter().zip([vec![1, 3, 8], vec![2], vec![4], vec![5], vec![6], vec![7]])
    {
        assert_eq!(by(&[*category]), expected, "{category}");
    }
    assert_eq!(by(&[Category::Loan, Category::Technical]), [1, 3, 5, 8]);
}

pub(super) fn by_assignee(scene: &Scene) {
    eight(scene);
    let by = |agents: &[u64]| {
        found(scene, filter(|f| f.assigned_to = agents.iter().map(|n| agent_id(*n)).collect()))
    };
    assert_eq!(by(&[1]), [2, 3, 8]);
    assert_eq!(by(&[2]), [4, 7], "not the one escalated to them");
    assert_eq!(by(&[1, 3]), [2, 3, 5, 8]);
    assert_eq!(by(&[9]), [0; 0]);
}

pub(super) fn by_department_in_any_letter_case(scene: &Scene) {
    eight(scene);
    let by = |names: &[&str]| {
        let names: Vec<DepartmentName> = names.iter().map(|name| sample::department_name(name)).collect();
        found(scene, filter(|f| f.department = names))
    };
    assert_eq!(by(&[sample::SUPPORT]), [3, 4, 7, 8]);
    assert_eq!(by(&["TECHNICAL support"]), [3, 4, 7, 8]);
    assert_eq!(by(&[sample::BILLING, sample::SUPPORT]), [2, 3, 4, 6, 7, 8]);
    assert_eq!(by(&["Technical"]), [0; 0], "the whole name");
}

pub(super) fn by_customer(scene: &Scene) {
    eight(scene);
    let by = |ids: &[UserId]| found(scene, filter(|f| f.customer = ids.to_vec()));
    assert_eq!(by(&[customer_id(1)]), [1, 3, 6]);
    assert_eq!(by(&[customer_id(2), customer_id(3)]), [2, 4, 5, 7]);
    assert_eq!(by(&[sample::admin_id()]), [0; 0]);
}

pub(super) fn by_any_of_the_tags(scene: &Scene) {
    eight(scene);
    let by = |tags: &[&str]| {
        let tags: Vec<Tag> = tags.iter().map(|tag| Tag::parse(tag).expect("a tag")).collect();
        found(scene, filter(|f| f.tags = tags))
    };
    assert_eq!(by(&["vip"]), [2, 3], "the whole tag");
    assert_eq!(by(&["bug", "vip"]), [2, 3, 4], "each ticket once");
    assert_eq!(by(&["vip-gold"]), [6]);
    assert_eq!(by(&["gold"]), [0; 0]);
    assert_eq!(by(&["%"]), [0; 0]);
    assert_eq!(by(&["\""]), [0; 0]);
}

pub(super) fn tags_follow_the_ticket(scene: &Scene) {
    eight(scene);
    let changed = sample::ticket(3, |t| {
        t.clone_from(&query::eight()[2]);
        t.tags = query::tags(["bug", "größe", "it's \"new\""]);
    });
    scene.write(move |tx| {
        tx.tickets().lock(changed.id)?;
        tx.tickets().save(&changed)
    });
    let by = |tag: &str| {
        let tag = Tag::parse(tag).expect("a tag");
        found(scene, filter(|f| f.tags = vec![tag]))
    };
    assert_eq!(by("vip"), [2]);
    assert_eq!(by("bug"), [3, 4]);
    assert_eq!(by("größe"), [3]);
    assert_eq!(by("it's \"new\""), [3]);
}

pub(super) fn unassigned_means_assigned_to_nobody(scene: &Scene) {
    eight(scene);
    assert_eq!(found(scene, filter(|f| f.unassigned = true)), [1, 6]);
    let contradiction = filter(|f| {
        f.unassigned = true;
        f.assigned_to = vec![agent_id(1)];
    });
    assert_eq!(found(scene, contradiction), [0; 0]);
}

pub(super) fn by_time_of_creation_to_the_microsecond(scene: &Scene) {
    eight(scene);
    let between = |from: Option<Timestamp>, before: Option<Timestamp>| {
        found(
            scene,
            filter(|f| {
                f.created_from = from;
                f.created_before = before;
            }),
        )
    };
    let next = |at: Timestamp| Timestamp::from_micros(at.as_micros() + 1);
    assert_eq!(between(Some(at(6)), None), [6, 7, 8], "the first moment is in");
    assert_eq!(between(Some(next(at(6))), None), [7, 8]);
    assert_eq!(between(None, Some(at(3))), [1, 2], "the last moment is out");
    assert_eq!(between(None, Some(next(at(3)))), [1, 2, 3]);
    assert_eq!(between(Some(at(2)), Some(at(5))), [2, 3, 4]);
    assert_eq!(between(Some(at(5)), Some(at(5))), [0; 0]);
    assert_eq!(between(Some(at(5)), Some(at(2))), [0; 0]);
}

pub(super) fn all_conditions_must_hold(scene: &Scene) {
    eight(scene);
    let several = filter(|f| {
        f.status = vec![Status::InProgress, Status::Escalated, Status::Resolved];
        f.department = vec![sample::department_name(sample::SUPPORT)];
        f.priority = vec![Priority::High, Priority::Urgent];
    });
    assert_eq!(found(scene, several), [3, 4]);
    let all = filter(|f| {
        f.status = vec![Status::Open, Status::Escalated];
        f.priority = vec![Priority::High];
        f.category = vec![Category::Technical];
        f.assigned_to = vec![agent_id(1), agent_id(2)];
        f.department = vec![sample::department_name(sample::SUPPORT)];
        f.customer = vec![customer_id(1)];
        f.tags = vec![Tag::parse("bug").expect("a tag")];
        f.created_from = Some(at(3));
        f.created_before = Some(at(4));
        f.words = vec!["app".to_owned(), "customer".to_owned()];
    });
    assert_eq!(found(scene, all.clone()), [3]);
    assert_eq!(found(scene, TicketFilter { visibility: Visibility::Agent(agent_id(2)), ..all.clone() }), [3]);
    assert_eq!(
        found(scene, TicketFilter { visibility: Visibility::Agent(agent_id(3)), ..all.clone() }),
        [0; 0]
    );
    assert_eq!(found(scene, TicketFilter { unassigned: true, ..all }), [0; 0]);
}

pub(super) fn customers_see_their_own(scene: &Scene) {
    eight(scene);
    let seen = |n| found(scene, TicketFilter::new(Visibility::Customer(customer_id(n))));
    assert_eq!(seen(1), [1, 3, 6]);
    assert_eq!(seen(4), [8]);
    assert_eq!(seen(9), [0; 0]);
    let of_another = TicketFilter {
        customer: vec![customer_id(2)],
        ..TicketFilter::new(Visibility::Customer(customer_id(1)))
    };
    assert_eq!(found(scene, of_another), [0; 0]);
}

pub(super) fn agents_see_what_names_them_once(scene: &Scene) {
    eight(scene);
    let seen = |n| found(scene, TicketFilter::new(Visibility::Agent(agent_id(n))));
    assert_eq!(seen(1), [2, 3, 7, 8], "by assignment, by escalation, and once where by both");
    assert_eq!(seen(2), [3, 4, 7]);
    assert_eq!(seen(3), [5]);
    assert_eq!(seen(9), [0; 0]);
    let of_department = TicketFilter {
        department: vec![sample::department_name(sample::BILLING)],
        ..TicketFilter::new(Visibility::Agent(agent_id(1)))
    };
    assert_eq!(found(scene, of_department), [2], "the other conditions bind both kinds");
}

pub(super) fn the_total_does_not_depend_on_the_page(scene: &Scene) {
    eight(scene);
    let technical = filter(|f| f.category = vec![Category::Technical]);
    for start in [PageStart::First, PageStart::Skip(1), PageStart::Skip(50)] {
        let page: TicketPage =
            scene.list(&TicketQuery { start, limit: 1, ..query::query(technical.clone()) });
        assert_eq!(page.total, Total { count: 3, is_exact: true }, "{start:?}");
    }
    let first = scene.list(&TicketQuery { limit: 1, ..query::query(technical.clone()) });
    let start = PageStart::After(first.next.expect("a second page"));
    let second = scene.list(&TicketQuery { start, limit: 1, ..query::query(technical) });
    assert_eq!(second.total, Total { count: 3, is_exact: true });
}

fn eight(scene: &Scene) {
    scene.seed();
    scene.insert(&query::eight());
}
