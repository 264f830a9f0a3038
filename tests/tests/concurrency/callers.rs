//! The callers: those who create tickets, those who work on them, and one who reads the list.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use support_tests::load::books::ordinal;
use support_tests::load::wire::{Agent, Ticket};
use support_tests::load::{pages, wait_until};
use support_tests::{Desk, Http};

use super::board::{Ask, Board};
use super::{DEPARTMENTS, TICKETS};

/// Tickets that exist before the first one is reopened: until then no agent may be over capacity at all.
const BEFORE_REOPENING: usize = TICKETS / 2;
/// How often each kind of work is to be done at least.
const ENOUGH: usize = 20;
/// Calls of one worker after which there is something wrong with a desk at which so little can be done.
const PATIENCE: usize = 4_000;
/// So many tickets are created between two walks through the list.
const STRIDE: usize = 500;

const PRIORITIES: &[&str] = &["low", "medium", "high", "urgent"];
const CATEGORIES: &[&str] = &["technical", "billing", "account", "loan", "general", "transaction"];

fn one_of<'a>(dice: &mut StdRng, choices: &[&'a str]) -> &'a str {
    choices[dice.random_range(0..choices.len())]
}

/// Creates tickets until there are enough: as a customer, or as an administrator who names one.
pub(crate) fn create(desk: &Desk, board: &Board, number: u16) {
    let mut dice = StdRng::seed_from_u64(number.into());
    let is_customer = number.is_multiple_of(2);
    let caller = if is_customer { desk.customer(number + 1) } else { desk.admin() };
    let mut last = 0;
    while board.begun.fetch_add(1, Ordering::SeqCst) < TICKETS {
        let asked = dice.random_ratio(9, 10);
        let mut body = json!({
            "subject": "The transfer does not arrive", "description": "It left my account a week ago.",
            "category": one_of(&mut dice, CATEGORIES), "priority": one_of(&mut dice, PRIORITIES),
            "autoAssign": asked,
        });
        if dice.random_ratio(1, 5) {
            body["department"] = json!(one_of(&mut dice, &["Technical", "Billing"]));
        }
        if !is_customer {
            // A few addresses only, so that callers add the same customer at the same time.
            let name = format!("Named {}", dice.random_range(0..40));
            let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
            body["customer"] = json!({ "name": name, "email": email });
        }
        let response = caller.http.post("/support/tickets", &body).unwrap();
        let ticket: Ticket = pages::read(&response, 201).unwrap();
        let n = ordinal(&ticket.ticket_number, &ticket.created_at).unwrap_or_else(|| panic!("{ticket:?}"));
        assert!(n > last, "number {n} after {last}");
        last = n;
        board.add(&ticket, asked);
    }
}

/// Works on tickets at random, as an administrator, until all are created and everything was done often
/// enough.
pub(crate) fn work(desk: &Desk, board: &Board, agents: &[Agent], number: u64) {
    const ALL: &[Ask] = &[
        Ask::AssignByRule,
        Ask::AssignNamed,
        Ask::Escalate,
        Ask::Progress,
        Ask::Resolve,
        Ask::Reopen,
        Ask::Close,
    ];
    let mut dice = StdRng::seed_from_u64(1_000 + number);
    let http = desk.admin().http;
    for _ in 0..PATIENCE {
        let enough = ALL.iter().all(|ask| board.done(*ask) >= ENOUGH);
        if enough && board.all_created.load(Ordering::SeqCst) {
            return;
        }
        let may_reopen = board.created.load(Ordering::SeqCst) >= BEFORE_REOPENING;
        match dice.random_range(0..100) {
            0..15 => ask(&http, board, agents, Ask::AssignByRule, &mut dice),
            15..35 => ask(&http, board, agents, Ask::AssignNamed, &mut dice),
            35..55 => ask(&http, board, agents, Ask::Escalate, &mut dice),
            55..60 => ask(&http, board, agents, Ask::Progress, &mut dice),
            60..80 => ask(&http, board, agents, Ask::Resolve, &mut dice),
            80..85 => ask(&http, board, agents, Ask::Close, &mut dice),
            85..92 if may_reopen => ask(&http, board, agents, Ask::Reopen, &mut dice),
            92..96 => board.refresh(&http),
            _ => board.inspect(&http),
        }
    }
    assert!(board.all_created.load(Ordering::SeqCst), "a worker was done before the creators");
    panic!("too little could be done: {}", board.tally());
}

/// Walks through the growing list now and then: it never shows a ticket twice, and none is left out.
pub(crate) fn read(desk: &Desk, board: &Board) {
    let http = desk.admin().http;
    for enough in (STRIDE..=TICKETS).step_by(STRIDE) {
        let created =
            || board.created.load(Ordering::SeqCst) >= enough || board.all_created.load(Ordering::SeqCst);
        wait_until("there are enough tickets", created).unwrap();
        let known = board.tickets();
        let tickets: Vec<Ticket> = pages::all(&http, "/support/tickets?sort=createdAt").unwrap();
        let shown: BTreeSet<&String> = tickets.iter().map(|ticket| &ticket.id).collect();
        assert_eq!(shown.len(), tickets.len(), "a ticket is shown twice");
        let missing = known.iter().find(|id| !shown.contains(id));
        assert_eq!(missing, None, "of {} tickets", known.len());
    }
}

fn ask(http: &Http, board: &Board, agents: &[Agent], ask: Ask, dice: &mut StdRng) {
    let Some(ticket) = board.pick(ask, dice) else { return };
    let agent = &agents[dice.random_range(0..agents.len())];
    let path = format!("/support/tickets/{ticket}");
    let response = match ask {
        Ask::AssignByRule => http.post("/support/tickets/assign", &json!({ "ticketId": ticket })),
        Ask::AssignNamed => {
            http.post("/support/tickets/assign", &json!({ "ticketId": ticket, "agentId": agent.id }))
        }
        Ask::Escalate => http.post("/support/tickets/escalate", &escalation(&ticket, agent, dice)),
        Ask::Resolve => http.patch(&path, &json!({ "status": "resolved", "resolution": "It has arrived." })),
        Ask::Close => http.patch(&path, &json!({ "status": "closed" })),
        Ask::Progress => return progress(http, board, &path),
        Ask::Reopen => return reopen(http, board, &path),
    };
    board.answered(ask, &response.unwrap());
}

fn reopen(http: &Http, board: &Board, path: &str) {
    board.reopening();
    let response = http.patch(path, &json!({ "status": "in-progress" })).unwrap();
    let reopened = board.answered(Ask::Reopen, &response);
    board.reopened(reopened.as_ref());
}

/// Takes an escalated ticket back into progress, and no other: the same wish would reopen a resolved one.
fn progress(http: &Http, board: &Board, path: &str) {
    let found = http.get(path).unwrap();
    let ticket: Ticket = pages::read(&found, 200).unwrap();
    if ticket.status != "escalated" {
        return;
    }
    let request = http.request("PATCH", path).header("If-Match", found.header("etag").unwrap());
    let response = request.json(&json!({ "status": "in-progress" })).send().unwrap();
    board.answered(Ask::Progress, &response);
}

fn escalation(ticket: &str, agent: &Agent, dice: &mut StdRng) -> Value {
    let mut body = json!({ "ticketId": ticket, "reason": "It needs somebody who may look into the ledger." });
    match dice.random_range(0..4) {
        0 => body["agentId"] = json!(agent.id),
        1 => body["department"] = json!(DEPARTMENTS[dice.random_range(0..DEPARTMENTS.len())].name),
        2 => body["tier"] = json!(dice.random_range(2..=3)),
        _ => {}
    }
    body
}
