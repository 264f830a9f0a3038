//! Departments.

use crate::contract::query::{self, filter, found};
use crate::contract::sample::{self, agent, agent_id, department, department_name};
use crate::contract::scene::Scene;
use crate::entity::{Department, Tier};
use crate::error::{Entity, StoreError};
use crate::id::DepartmentId;
use crate::value::{Category, DepartmentName};

pub(super) fn unset_and_set_fields_come_back(scene: &Scene) {
    let plain = Department { description: String::new(), ..department(1, "x", 1, &[]) };
    let full = Department {
        description: "🦀".repeat(Department::MAX_DESCRIPTION),
        ..department(2, &"𐐷".repeat(100), 3, &[Category::Technical, Category::Loan, Category::Transaction])
    };
    for department in [plain, full] {
        let (id, added) = (department.id, department.clone());
        scene.write(move |tx| tx.departments().insert(&added));
        let locked = scene.write(move |tx| tx.departments().lock(id));
        assert_eq!(
            locked.as_ref().map(|d| d.name.as_str()),
            Some(department.name.as_str()),
            "in the same letter case"
        );
        assert_eq!(locked, Some(department));
    }
    assert_eq!(scene.write(|tx| tx.departments().lock(id(9))), None);
}

pub(super) fn departments_are_listed_by_name_in_any_letter_case(scene: &Scene) {
    assert_eq!(scene.read(|tx| tx.departments().list()), []);
    scene.write(|tx| {
        for (n, name) in (1..).zip(["zeta", "Ärzte", "Beta", "alpha", "Gamma"]) {
            tx.departments().insert(&department(n, name, 1, &[]))?;
        }
        Ok::<_, StoreError>(())
    });
    assert_eq!(listed(scene, |d| d.name.as_str().to_owned()), ["alpha", "Beta", "Gamma", "zeta", "Ärzte"]);
}

pub(super) fn a_saved_department_replaces_the_old_one(scene: &Scene) {
    scene.seed();
    let saved = Department {
        description: "What „we“ do; -- 🦀".to_owned(),
        tier: Tier::new(3).expect("a tier"),
        categories: vec![Category::Billing, Category::Loan],
        ..department(2, sample::BILLING, 2, &[])
    };
    save(scene, &saved);
    assert_eq!(read(scene, 2), Department { agent_count: 1, ..saved.clone() });
    save(scene, &Department { categories: vec![], ..saved });
    assert_eq!(read(scene, 2).categories, []);
    assert_eq!(
        read(scene, 1).categories,
        [Category::Technical, Category::Account],
        "the other keeps its own"
    );
}

pub(super) fn the_count_of_agents_is_always_true(scene: &Scene) {
    let counts = || listed(scene, |d| d.agent_count);
    scene.seed();
    assert_eq!(counts(), [1, 2], "Billing & Payments, Technical Support");
    save(scene, &Department { agent_count: 99, ..department(2, sample::BILLING, 2, &[Category::Billing]) });
    scene.write(|tx| {
        tx.departments().insert(&Department { agent_count: 7, ..department(3, "Loans", 1, &[]) })
    });
    assert_eq!(counts(), [1, 0, 2], "what is written is ignored");
    let newcomer = agent(10, sample::BILLING, |_| ());
    let moved = agent(1, "Loans", |_| ());
    scene.write(move |tx| {
        tx.users().insert(&sample::agent_user(&newcomer))?;
        tx.agents().insert(&newcomer)?;
        tx.agents().lock(&[moved.id])?;
        tx.agents().save(&moved)
    });
    assert_eq!(counts(), [2, 1, 1]);
    assert_eq!(scene.write(|tx| tx.departments().lock(id(2))).map(|d| d.agent_count), Some(2));
}

pub(super) fn a_name_is_taken_once_in_any_letter_case(scene: &Scene) {
    scene.seed();
    let name_taken = StoreError::Conflict { entity: Entity::Department, field: "name" };
    for name in [sample::SUPPORT, "TECHNICAL SUPPORT", "technical support"] {
        let refusal = scene.refusal(move |tx| tx.departments().insert(&department(3, name, 1, &[])));
        assert_eq!(refusal, name_taken, "{name}");
        assert_eq!(refused_save(scene, &department(2, name, 2, &[])), name_taken, "{name}");
    }
    scene.write(|tx| tx.departments().insert(&department(3, "Größe", 1, &[])));
    let refusal = scene.refusal(|tx| {
        tx.departments()
            .insert(&department(4, "GRÖSSE", 1, &[]))
            .and_then(|()| tx.departments().insert(&department(5, "GRÖßE", 1, &[])))
    });
    assert_eq!(refusal, name_taken, "ß is no ss, but Ö is an ö");
}

pub(super) fn a_department_may_change_the_case_of_its_name(scene: &Scene) {
    scene.seed();
    scene.insert(&query::eight());
    save(scene, &department(1, "technical SUPPORT", 1, &[Category::Technical, Category::Account]));
    assert_eq!(read(scene, 1).name.as_str(), "technical SUPPORT");
    assert_eq!(scene.agent(agent_id(1)).department.as_str(), "technical SUPPORT");
    let of_ticket = scene.ticket(sample::ticket_id(3)).department.clone();
    assert_eq!(of_ticket.as_ref().map(DepartmentName::as_str), Some("technical SUPPORT"));
}

pub(super) fn a_category_is_served_once(scene: &Scene) {
    scene.seed();
    let category_taken = StoreError::Conflict { entity: Entity::Department, field: "category" };
    let greedy = department(3, "Loans", 1, &[Category::Loan, Category::Billing]);
    assert_eq!(scene.refusal(move |tx| tx.departments().insert(&greedy)), category_taken);
    let greedy = department(2, sample::BILLING, 2, &[Category::Billing, Category::Account]);
    assert_eq!(refused_save(scene, &greedy), category_taken);
    save(scene, &department(1, sample::SUPPORT, 1, &[Category::Technical]));
    save(scene, &greedy);
    assert_eq!(read(scene, 2).categories, [Category::Billing, Category::Account], "it was given up before");
}

pub(super) fn a_new_name_is_taken_over_by_agents_and_tickets(scene: &Scene) {
    scene.seed();
    scene.insert(&query::eight());
    let before: Vec<_> = query::eight();
    save(scene, &department(1, "Größe & Form", 1, &[Category::Technical, Category::Account]));
    assert_eq!(
        listed(scene, |d| (d.name.as_str().to_owned(), d.agent_count)),
        [(sample::BILLING.to_owned(), 1), ("Größe & Form".to_owned(), 2)]
    );
    for (n, name) in [(1, "Größe & Form"), (2, "Größe & Form"), (3, sample::BILLING)] {
        assert_eq!(scene.agent(agent_id(n)).department.as_str(), name);
    }
    let by = |name| found(scene, filter(|f| f.department = vec![department_name(name)]));
    assert_eq!(by("größe & form"), [3, 4, 7, 8]);
    assert_eq!(by(sample::SUPPORT), [0; 0]);
    assert_eq!(by(sample::BILLING), [2, 6]);
    for ticket in before {
        let now = scene.ticket(ticket.id);
        assert_eq!(
            (now.version, now.updated_at),
            (ticket.version, ticket.updated_at),
            "the ticket itself is unchanged"
        );
    }
    let candidates =
        scene.write(|tx| tx.agents().lock_candidates(Some(&department_name("GRÖẞE & FORM")), &[]));
    assert_eq!(candidates.len(), 2, "also where a capital ẞ is lowered");
}

fn id(n: u64) -> DepartmentId {
    department(n, "x", 1, &[]).id
}

/// Locks and saves a department.
fn save(scene: &Scene, department: &Department) {
    let department = department.clone();
    scene.write(move |tx| {
        tx.departments().lock(department.id)?;
        tx.departments().save(&department)
    });
}

fn refused_save(scene: &Scene, department: &Department) -> StoreError {
    let department = department.clone();
    scene.refusal(move |tx| {
        tx.departments().lock(department.id)?;
        tx.departments().save(&department)
    })
}

/// The department `n`, which must exist.
fn read(scene: &Scene, n: u64) -> Department {
    let all = scene.read(|tx| tx.departments().list());
    all.into_iter().find(|department| department.id == id(n)).expect("the department exists")
}

/// A part of every department, in the order of the list.
fn listed<T>(scene: &Scene, part: impl Fn(&Department) -> T) -> Vec<T> {
    scene.read(|tx| tx.departments().list()).iter().map(part).collect()
}
