//! The work after the storm: everything is resolved, and those who wait get their turn.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use serde_json::json;
use support_tests::load::wire::{Agent, Entry, Ticket};
use support_tests::load::{history, in_parallel, pages, wait_until};
use support_tests::{Desk, Http};

use super::{DEPARTMENTS, waits_in};

/// Those who wait for the agents of one department.
struct Queue<'a> {
    waiting: Vec<&'a Ticket>,
    is_empty: bool,
}

/// Resolves all tickets that somebody handles, again and again, until nobody handles any. As long as somebody
/// waits, each place that this makes is taken.
///
/// One thread for each department of the handlers: so there is one place to take after another in each
/// department, and an order in which they must be taken.
pub(crate) fn resolve_all(desk: &Desk, agents: &[Agent], waiting: &[&Ticket]) {
    let mut queues: BTreeMap<&str, Queue<'_>> = BTreeMap::new();
    for department in DEPARTMENTS {
        let in_it = |ticket: &&&Ticket| waits_in(ticket) == department.name;
        let waiting = waiting.iter().filter(in_it).copied().collect();
        queues.insert(department.name, Queue { waiting, is_empty: false });
    }
    loop {
        let active: Vec<Ticket> =
            pages::all(&desk.admin().http, "/support/tickets?status=in-progress,escalated").unwrap();
        if active.is_empty() {
            return;
        }
        let mut shares: BTreeMap<&str, Vec<Ticket>> = BTreeMap::new();
        for ticket in active {
            let handler = agents.iter().find(|agent| Some(agent.id.as_str()) == ticket.handler()).unwrap();
            shares.entry(&handler.department).or_default().push(ticket);
        }
        thread::scope(|scope| {
            for (department, queue) in &mut queues {
                let tickets = shares.remove(department).unwrap_or_default();
                scope.spawn(move || resolve(desk, department, &tickets, queue));
            }
        });
    }
}

fn resolve(desk: &Desk, department: &str, tickets: &[Ticket], queue: &mut Queue<'_>) {
    let http = desk.admin().http;
    for ticket in tickets {
        let body = json!({ "status": "resolved", "resolution": "It has arrived." });
        let path = format!("/support/tickets/{}", ticket.id);
        let resolved: Ticket = pages::read(&http.patch(&path, &body).unwrap(), 200).unwrap();
        assert_eq!(resolved.status, "resolved");
        let taken = || queue.is_empty || !has_room(&http, department) || queue.has_ended(&http);
        wait_until("the place is taken", taken).unwrap();
    }
}

fn has_room(http: &Http, department: &str) -> bool {
    let agents = pages::agents(http).unwrap();
    agents.iter().any(|agent| agent.department == department && agent.is_candidate())
}

impl Queue<'_> {
    /// Looks whether everybody has had their turn.
    fn has_ended(&mut self, http: &Http) -> bool {
        let open: Vec<Ticket> = pages::all(http, "/support/tickets?status=open").unwrap();
        let open: BTreeSet<&str> = open.iter().map(|ticket| ticket.id.as_str()).collect();
        self.is_empty = !self.waiting.iter().any(|ticket| open.contains(ticket.id.as_str()));
        self.is_empty
    }
}

/// What is wrong with the histories of these tickets.
pub(crate) fn history_faults(desk: &Desk, tickets: &[Ticket]) -> Vec<String> {
    let faults = in_parallel(
        tickets,
        || desk.admin().http,
        |http, ticket| history::faults(ticket, &pages::history(http, &ticket.id).unwrap()),
    );
    faults.concat()
}

/// Where tickets that waited were not taken in their order: the most urgent first, the oldest of them first,
/// in each department.
pub(crate) fn order_faults(desk: &Desk, waited: &[&Ticket]) -> Vec<String> {
    let turns = in_parallel(
        waited,
        || desk.admin().http,
        |http, ticket| turn(&pages::history(http, &ticket.id).unwrap()),
    );
    let mut queues: BTreeMap<String, Vec<(&Ticket, Option<String>)>> = BTreeMap::new();
    for (ticket, turn) in waited.iter().zip(turns) {
        queues.entry(waits_in(ticket)).or_default().push((ticket, turn));
    }
    queues.into_values().flat_map(misordered).collect()
}

/// When a ticket was assigned for the first time.
fn turn(entries: &[Entry]) -> Option<String> {
    entries.iter().find(|entry| entry.action == "ticket_assigned").map(|entry| entry.timestamp.clone())
}

/// Times have milliseconds: of two tickets that were created in the same one, either may come first.
fn misordered(mut queue: Vec<(&Ticket, Option<String>)>) -> Vec<String> {
    let place = |ticket: &Ticket| (std::cmp::Reverse(ticket.urgency()), ticket.created_at.clone());
    queue.sort_by_key(|(ticket, _)| place(ticket));
    let mut faults = Vec::new();
    let mut before: Option<(&Ticket, &String)> = None;
    for equals in queue.chunk_by(|(one, _), (other, _)| place(one) == place(other)) {
        let mut last = before;
        for (ticket, turn) in equals {
            let Some(turn) = turn else {
                faults.push(format!("{} never had its turn", ticket.ticket_number));
                continue;
            };
            if let Some((earlier, at)) = before.filter(|(_, at)| *at > turn) {
                faults.push(format!("{ticket:?} had its turn at {turn}, before {earlier:?} at {at}"));
            }
            if last.is_none_or(|(_, at)| at < turn) {
                last = Some((ticket, turn));
            }
        }
        before = last;
    }
    faults
}
