//! The queue of waiting tickets, and the tickets that make up an agent's workload.

use crate::contract::sample::{self, agent_id, at, department_name, ticket, ticket_id};
use crate::contract::scene::Scene;
use crate::entity::{Ticket, TicketRecord};
use crate::id::TicketId;
use crate::port::WaitingScope;
use crate::value::{Category, Priority, Status};

pub(super) fn the_most_urgent_comes_first_then_the_oldest(scene: &Scene) {
    scene.seed();
    let waiting = |n: u64, priority, created: i64| {
        waiting(n, |t| {
            t.priority = priority;
            t.created_at = at(created);
        })
    };
    let line = [
        waiting(1, Priority::Low, 1),
        waiting(2, Priority::High, 30),
        waiting(3, Priority::Urgent, 40),
        waiting(4, Priority::High, 20),
        waiting(5, Priority::Urgent, 35),
        waiting(6, Priority::High, 20),
        waiting(7, Priority::Medium, 2),
    ];
    scene.insert(&line);
    for expected in [5, 3, 4, 6, 2, 7, 1] {
        let scopes = vec![support(&[Category::Technical])];
        assert_eq!(next(scene, scopes), Some(ticket_id(expected)));
        serve(scene, expected);
    }
    assert_eq!(next(scene, vec![support(&[Category::Technical])]), None, "all are served");
}

pub(super) fn only_waiting_tickets_are_in_line(scene: &Scene) {
    scene.seed();
    let mut tickets: Vec<Ticket> =
        (1..).zip(Status::ALL).map(|(n, status)| sample::ticket_in(n, *status)).collect();
    scene.insert(&tickets);
    assert_eq!(next(scene, vec![support(&[Category::Technical])]), None);
    tickets = vec![waiting(9, |t| t.priority = Priority::Low)];
    scene.insert(&tickets);
    assert_eq!(next(scene, vec![support(&[Category::Technical])]), Some(ticket_id(9)));
}

pub(super) fn a_scope_is_a_department_and_what_it_serves(scene: &Scene) {
    scene.seed();
    scene.insert(&[
        waiting(1, |t| t.department = Some(department_name(sample::BILLING))),
        waiting(2, |t| t.category = Category::Loan),
        waiting(3, |t| t.category = Category::Account),
        waiting(4, |t| {
            t.department = Some(department_name(sample::SUPPORT));
            t.category = Category::Billing;
        }),
    ]);
    let served = |scopes: Vec<WaitingScope>| next(scene, scopes);
    assert_eq!(served(vec![]), None, "no scope, no ticket");
    assert_eq!(served(vec![support(&[])]), Some(ticket_id(4)), "of the department, whatever its category");
    assert_eq!(
        served(vec![support(&[Category::Account])]),
        Some(ticket_id(3)),
        "without a department, by category"
    );
    assert_eq!(
        served(vec![support(&[Category::Technical])]),
        Some(ticket_id(4)),
        "a ticket of another department is not served by category"
    );
    let loans = WaitingScope { department: department_name("Loans"), categories: vec![Category::Loan] };
    assert_eq!(served(vec![loans.clone()]), Some(ticket_id(2)));
    assert_eq!(served(vec![support(&[]), loans.clone()]), Some(ticket_id(2)), "the oldest in any scope");
    let billing = WaitingScope { department: department_name("BILLING & payments"), categories: vec![] };
    assert_eq!(served(vec![loans, billing]), Some(ticket_id(1)), "in any letter case");
}

pub(super) fn active_tickets_count_for_their_handler(scene: &Scene) {
    scene.seed();
    let counts = || [1, 2, 3].map(|n| scene.read(move |tx| tx.tickets().count_active(agent_id(n))));
    assert_eq!(counts(), [0, 0, 0]);
    let mut tickets: Vec<Ticket> =
        (1..).zip(Status::ALL).map(|(n, status)| sample::ticket_in(n, *status)).collect();
    tickets.push(ticket(6, |t| {
        t.status = Status::InProgress;
        t.assigned_to = Some(sample::handler(1));
        t.escalated_to = Some(sample::handler(2));
    }));
    tickets.push(ticket(7, |t| {
        t.status = Status::InProgress;
        t.assigned_to = Some(sample::handler(3));
    }));
    scene.insert(&tickets);
    assert_eq!(
        counts(),
        [1, 2, 1],
        "one in progress; one escalated and one taken back into progress; one more"
    );
    let resolved = sample::ticket_in(7, Status::Resolved);
    let reassigned = ticket(2, |t| {
        t.status = Status::InProgress;
        t.assigned_to = Some(sample::handler(3));
    });
    scene.write(move |tx| {
        for ticket in [&resolved, &reassigned] {
            tx.tickets().lock(ticket.id)?;
            tx.tickets().save(ticket)?;
        }
        Ok::<_, crate::error::StoreError>(())
    });
    assert_eq!(counts(), [0, 2, 1]);
}

/// Ticket `n`, waiting for an agent.
fn waiting(n: u64, change: impl FnOnce(&mut TicketRecord)) -> Ticket {
    ticket(n, |t| {
        t.waiting = true;
        change(t);
    })
}

fn support(categories: &[Category]) -> WaitingScope {
    WaitingScope { department: department_name(sample::SUPPORT), categories: categories.to_vec() }
}

fn next(scene: &Scene, scopes: Vec<WaitingScope>) -> Option<TicketId> {
    scene.write(move |tx| tx.tickets().next_waiting(&scopes))
}

/// Gives ticket `n` to agent 1.
fn serve(scene: &Scene, n: u64) {
    scene.write(move |tx| {
        let ticket = tx.tickets().lock(ticket_id(n))?.expect("the ticket exists");
        let handler = sample::handler(1);
        let served = ticket.assign(handler, &department_name(sample::SUPPORT), at(100))?;
        tx.tickets().save(&served)?;
        Ok::<_, crate::error::Error>(())
    });
}
