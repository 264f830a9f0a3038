//! Agents.

use crate::contract::sample::{self, agent, agent_id, at};
use crate::contract::scene::Scene;
use crate::entity::{Agent, MAX_CAPACITY, Tier};
use crate::error::{Entity, StoreError};
use crate::value::{AgentStatus, Phone};

pub(super) fn unset_and_set_fields_come_back(scene: &Scene) {
    scene.seed();
    let plain = agent(10, sample::SUPPORT, |_| ());
    let full = full(11);
    let longest = agent(12, sample::BILLING, |a| {
        a.name = sample::person(&"𐐷".repeat(200));
        a.email = sample::email(&format!(
            "{}@{}.example",
            "a".repeat(64),
            ["b".repeat(60), "c".repeat(60)].join(".")
        ));
        a.phone = Phone::parse(&"1".repeat(32)).ok();
    });
    let busy_by_hand = agent(13, sample::SUPPORT, |a| a.status = AgentStatus::Busy);
    let away = agent(14, sample::SUPPORT, |a| a.status = AgentStatus::Away);
    for agent in [plain, full, longest, busy_by_hand, away] {
        add(scene, &agent);
        assert_eq!(scene.agent(agent.id), agent);
        assert_eq!(
            scene.agent(agent.id).department.as_str(),
            agent.department.as_str(),
            "in the same letter case"
        );
    }
}

pub(super) fn a_saved_agent_replaces_the_old_one(scene: &Scene) {
    scene.seed();
    let others = [scene.agent(agent_id(2)), scene.agent(agent_id(3))];
    let plain = scene.agent(agent_id(1));
    let changed = agent(1, sample::SUPPORT, |a| {
        a.clone_from(&full(1));
        a.email = plain.email.clone();
    });
    for saved in [changed, plain] {
        let (id, wanted) = (saved.id, saved.clone());
        scene.write(move |tx| {
            tx.agents().lock(&[id])?;
            tx.agents().save(&saved)
        });
        assert_eq!(scene.agent(id), wanted);
    }
    assert_eq!([scene.agent(agent_id(2)), scene.agent(agent_id(3))], others, "the others are as they were");
}

pub(super) fn absent_agents_are_left_out(scene: &Scene) {
    scene.seed();
    assert_eq!(scene.read(|tx| tx.agents().find(agent_id(9))), None);
    let locked = |ids: &[u64]| {
        let ids: Vec<_> = ids.iter().map(|n| agent_id(*n)).collect();
        names(&scene.write(move |tx| tx.agents().lock(&ids)))
    };
    assert_eq!(locked(&[9]), [0; 0]);
    assert_eq!(locked(&[]), [0; 0]);
    assert_eq!(locked(&[3, 9, 1, 3]), [1, 3], "by id, each once");
}

pub(super) fn agents_are_listed_by_name_and_id(scene: &Scene) {
    assert_eq!(scene.read(|tx| tx.agents().list()), []);
    scene.seed();
    let named = |n, name: &str| agent(n, sample::BILLING, |a| a.name = sample::person(name));
    for agent in [named(13, "Zoe"), named(12, "Ärmel"), named(11, "Ana"), named(10, "Zoe")] {
        add(scene, &agent);
    }
    let listed = scene.read(|tx| tx.agents().list());
    assert_eq!(names(&listed), [1, 2, 3, 11, 10, 13, 12]);
    assert_eq!(listed[0], scene.agent(agent_id(1)), "whole agents");
}

pub(super) fn candidates_are_available_and_have_room(scene: &Scene) {
    scene.seed();
    for agent in [
        agent(10, sample::SUPPORT, |a| a.status = AgentStatus::Away),
        agent(11, sample::SUPPORT, |a| a.status = AgentStatus::Busy),
        full(12),
        agent(13, sample::SUPPORT, |a| {
            a.active_tickets = 3;
            a.capacity = 4;
        }),
    ] {
        add(scene, &agent);
    }
    assert_eq!(candidates(scene, Some(sample::SUPPORT), &[]), [1, 2, 13]);
    assert_eq!(candidates(scene, Some(sample::BILLING), &[]), [3]);
    assert_eq!(candidates(scene, Some("TECHNICAL support"), &[]), [1, 2, 13], "in any letter case");
    assert_eq!(candidates(scene, Some("Loans"), &[]), [0; 0]);
    assert_eq!(candidates(scene, None, &[]), [1, 2, 3, 13], "of every department");
}

pub(super) fn others_are_locked_besides_the_candidates(scene: &Scene) {
    scene.seed();
    add(scene, &agent(10, sample::SUPPORT, |a| a.status = AgentStatus::Away));
    add(scene, &full(11));
    assert_eq!(candidates(scene, Some(sample::SUPPORT), &[11, 3, 10]), [1, 2, 3, 10, 11], "by id");
    assert_eq!(
        candidates(scene, Some(sample::SUPPORT), &[1, 1, 99]),
        [1, 2],
        "each once, the absent left out"
    );
    assert_eq!(candidates(scene, None, &[10]), [1, 2, 3, 10]);
    assert_eq!(candidates(scene, Some("Loans"), &[2]), [2]);
}

pub(super) fn candidates_are_read_whole(scene: &Scene) {
    scene.seed();
    let tier = |n| Tier::new(n).expect("a tier");
    let rich = agent(10, sample::BILLING, |a| {
        a.tier = tier(3);
        a.phone = Phone::parse("030 123").ok();
        a.last_assigned_at = Some(at(7));
        a.active_tickets = 2;
    });
    add(scene, &rich);
    let name = sample::department_name(sample::BILLING);
    let locked = scene.write(move |tx| tx.agents().lock_candidates(Some(&name), &[]));
    assert_eq!(locked, [scene.agent(agent_id(3)), rich]);
}

pub(super) fn an_email_address_is_taken_once(scene: &Scene) {
    scene.seed();
    let double = agent(10, sample::BILLING, |a| a.email = scene.agent(agent_id(1)).email.clone());
    let refusal = scene.refusal(move |tx| {
        // The user has no password: the address is refused for the agent.
        tx.users().insert(&crate::entity::User { password: None, ..sample::agent_user(&double) })?;
        tx.agents().insert(&double)
    });
    assert_eq!(refusal, StoreError::Conflict { entity: Entity::Agent, field: "email" });
    assert_eq!(scene.read(|tx| tx.agents().find(agent_id(10))), None);
}

pub(super) fn an_agent_is_a_user(scene: &Scene) {
    scene.seed();
    let nobody = agent(10, sample::SUPPORT, |_| ());
    let refusal = scene.refusal(move |tx| tx.agents().insert(&nobody));
    assert!(!crate::contract::scene::refusal_may_pass(&refusal), "{refusal:?}");
}

/// An agent of [`sample::SUPPORT`] with every field set, at capacity.
fn full(n: u64) -> Agent {
    agent(n, sample::SUPPORT, |a| {
        a.name = sample::person("Zoë \"Zo\" O'Ńeill-李 🦀");
        a.phone = Phone::parse("+44 (20) 7946-0018 x5").ok();
        a.tier = Tier::new(3).expect("a tier");
        a.active_tickets = MAX_CAPACITY + 1;
        a.capacity = MAX_CAPACITY;
        a.status = AgentStatus::Busy;
        a.busy_by_load = true;
        a.last_assigned_at = Some(at(77));
    })
}

/// Adds an agent and their user.
fn add(scene: &Scene, agent: &Agent) {
    let agent = agent.clone();
    scene.write(move |tx| {
        tx.users().insert(&sample::agent_user(&agent))?;
        tx.agents().insert(&agent)
    });
}

/// The numbers of the candidates of `department`, and of the agents `also`.
fn candidates(scene: &Scene, department: Option<&str>, also: &[u64]) -> Vec<u64> {
    let department = department.map(sample::department_name);
    let also: Vec<_> = also.iter().map(|n| agent_id(*n)).collect();
    names(&scene.write(move |tx| tx.agents().lock_candidates(department.as_ref(), &also)))
}

/// The numbers by which the samples name agents.
fn names(agents: &[Agent]) -> Vec<u64> {
    agents.iter().map(|agent| agent.id.uuid().as_u64_pair().1 & 0xffff).collect()
}
