//! A storm: 32 clients create 3,000 tickets for 20 agents who take ten each, while others assign, escalate,
//! resolve, reopen and close what they find. Then the calm, in which everybody who waits has their turn.
#![cfg(test)]

mod board;
mod callers;
mod drain;

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::thread;

use support_tests::load::books::{self, Books};
use support_tests::load::stage::{self, Department};
use support_tests::load::wire::{Agent, Ticket};
use support_tests::{Desk, for_each_database};

use self::board::Board;

pub(crate) const TICKETS: usize = 3_000;
const CLIENTS: u16 = 32;
/// Those who work on tickets meanwhile.
const WORKERS: u64 = 6;
const CAPACITY: u32 = 10;

/// Twenty agents. The specialists serve no category, so nobody waits for them: they have room for
/// escalations.
pub(crate) const DEPARTMENTS: &[Department] = &[
    Department {
        name: "Technical",
        tier: 1,
        categories: &["technical", "account", "general"],
        agents: &[1, 1, 1, 1, 1, 2, 2, 3],
    },
    Department {
        name: "Billing",
        tier: 1,
        categories: &["billing", "loan", "transaction"],
        agents: &[1, 1, 1, 1, 1, 2, 2, 3],
    },
    Department { name: "Specialists", tier: 3, categories: &[], agents: &[1, 2, 3, 3] },
];

for_each_database!(the_books_balance_after_a_storm, |desk: &mut Desk| {
    let agents = stage::set_up(&desk.admin().http, DEPARTMENTS, CAPACITY).unwrap();
    assert_eq!(agents.len(), 20);
    let board = storm(desk, &agents);
    eprintln!("{}", board.tally());

    let books = Books::read(&desk.admin().http).unwrap();
    none(&books.faults());
    all_are_there(&books);
    let waiting: Vec<&Ticket> =
        books.tickets.iter().filter(|ticket| ticket.status == "open" && board.was_asked(ticket)).collect();
    assert!(waiting.len() > TICKETS / 10, "only {} tickets wait", waiting.len());
    none(&books.forgotten(&waiting, waits_in));
    let begun: Vec<Ticket> = books.tickets.iter().filter(|ticket| ticket.status != "open").cloned().collect();
    none(&drain::history_faults(desk, &begun));

    drain::resolve_all(desk, &agents, &waiting);
    let after = Books::read(&desk.admin().http).unwrap();
    none(&after.faults());
    let open = after.tickets.iter().filter(|ticket| ticket.status == "open" && board.was_asked(ticket));
    assert_eq!(open.map(|ticket| ticket.ticket_number.as_str()).collect::<Vec<_>>(), Vec::<&str>::new());
    none(&drain::order_faults(desk, &waiting));
    none(&drain::history_faults(desk, &after.tickets));
});

/// Lets everybody call at once and waits until they are done.
fn storm(desk: &Desk, agents: &[Agent]) -> Board {
    let board = Board::default();
    thread::scope(|scope| {
        let creators: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let board = &board;
                scope.spawn(move || callers::create(desk, board, number))
            })
            .collect();
        let board = &board;
        for number in 0..WORKERS {
            scope.spawn(move || callers::work(desk, board, agents, number));
        }
        scope.spawn(move || callers::read(desk, board));
        let ended: Vec<_> = creators.into_iter().map(thread::ScopedJoinHandle::join).collect();
        board.all_created.store(true, Ordering::SeqCst);
        assert!(ended.iter().all(Result::is_ok), "a creator failed");
    });
    board
}

/// As many tickets and as many numbers as were created, from the first one on.
fn all_are_there(books: &Books) {
    assert_eq!(books.tickets.len(), TICKETS);
    let numbers: BTreeSet<_> = books
        .tickets
        .iter()
        .map(|ticket| books::ordinal(&ticket.ticket_number, &ticket.created_at))
        .collect();
    assert_eq!(numbers.len(), TICKETS);
    assert_eq!(numbers.first(), Some(&Some(1)));
}

/// The department in which a ticket waits.
pub(crate) fn waits_in(ticket: &Ticket) -> String {
    stage::department_of(DEPARTMENTS, ticket.department.as_deref(), &ticket.category)
}

/// Fails with the first of all that is wrong.
fn none(faults: &[String]) {
    let first: Vec<&String> = faults.iter().take(10).collect();
    assert!(faults.is_empty(), "{} faults, the first: {first:#?}", faults.len());
}
