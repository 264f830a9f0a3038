//! What is left after a crash, against what was promised before it.

use std::collections::{BTreeMap, BTreeSet};

use support_tests::load::books::Books;
use support_tests::load::wire::{Message, Ticket};
use support_tests::load::{history, in_parallel, pages};
use support_tests::{Desk, Http, Result};

use super::writer::{Made, Said, Writer};

/// All that was promised of one ticket.
#[derive(Default)]
struct Promises<'a> {
    id: String,
    made: Option<&'a Made>,
    said: Vec<&'a Said>,
}

/// What is wrong with the tickets that were written to since the last look, and with the books.
pub(crate) fn faults(desk: &Desk, writers: &mut [Writer]) -> Vec<String> {
    let touched: BTreeSet<String> =
        writers.iter_mut().flat_map(|writer| std::mem::take(&mut writer.touched)).collect();
    let mut found = tickets(desk, writers, |id| touched.contains(id), false);
    found.extend(Books::read(&desk.admin().http).unwrap().faults());
    found
}

/// What is wrong with everything, at the end: besides, there is nothing that nobody wrote.
pub(crate) fn final_faults(desk: &Desk, writers: &[Writer], shared: &[String]) -> Vec<String> {
    let mut found = tickets(desk, writers, |_| true, true);
    let books = Books::read(&desk.admin().http).unwrap();
    found.extend(books.faults());
    let there: Vec<&str> = books.tickets.iter().map(|ticket| ticket.id.as_str()).collect();
    let mut promised: BTreeSet<&str> = shared.iter().map(String::as_str).collect();
    promised.extend(writers.iter().flat_map(|writer| &writer.made).map(|made| made.id.as_str()));
    let unknown = there.iter().filter(|id| !promised.contains(*id));
    found.extend(unknown.map(|id| format!("ticket {id} is there, and no request for it was left")));
    found
}

/// Numbers of tickets that wait though an agent of their department has room. (There is one department.)
pub(crate) fn forgotten(desk: &Desk, writers: &[Writer], department: &str) -> Vec<String> {
    let books = Books::read(&desk.admin().http).unwrap();
    let asked: BTreeSet<&str> = writers
        .iter()
        .flat_map(|writer| &writer.made)
        .filter(|made| made.asked)
        .map(|made| made.id.as_str())
        .collect();
    let waits = |ticket: &&Ticket| ticket.status == "open" && asked.contains(ticket.id.as_str());
    let waiting: Vec<&Ticket> = books.tickets.iter().filter(waits).collect();
    books.forgotten(&waiting, |_| department.to_owned())
}

fn tickets(desk: &Desk, writers: &[Writer], which: impl Fn(&str) -> bool, complete: bool) -> Vec<String> {
    let mut all: BTreeMap<&str, Promises<'_>> = BTreeMap::new();
    for writer in writers {
        for made in &writer.made {
            all.entry(&made.id).or_default().made = Some(made);
        }
        for said in &writer.said {
            all.entry(&said.ticket).or_default().said.push(said);
        }
    }
    let chosen: Vec<Promises<'_>> = all
        .into_iter()
        .filter(|(id, _)| which(id))
        .map(|(id, promises)| Promises { id: id.to_owned(), ..promises })
        .collect();
    let kept = |http: &Http, promises: &Promises<'_>| {
        check(http, promises, complete).unwrap_or_else(|error| vec![format!("{}: {error:?}", promises.id)])
    };
    in_parallel(&chosen, || desk.admin().http, kept).concat()
}

fn check(http: &Http, promises: &Promises<'_>, complete: bool) -> Result<Vec<String>> {
    let id = &promises.id;
    let ticket: Ticket = pages::read(&http.get(&format!("/support/tickets/{id}"))?, 200)?;
    let messages = pages::messages(http, id)?;
    let entries = pages::history(http, id)?;
    let mut faults = history::faults(&ticket, &entries);
    faults.extend(conversation(&ticket, &messages, &promises.said, complete));
    if let Some(made) = promises.made {
        if ticket.ticket_number != made.number || ticket.subject != made.subject {
            faults.push(format!("{made:?} became {ticket:?}"));
        }
        if ticket.version < made.version {
            faults.push(format!("{made:?} went back to version {}", ticket.version));
        }
        let resolution = made.resolution.as_deref();
        if resolution.is_some() && ticket.resolution.as_deref() != resolution {
            faults.push(format!("{made:?} has the resolution {:?}", ticket.resolution));
        }
        let told = |text: &str| {
            let mut resolved = entries.iter().filter(|entry| entry.action == "ticket_resolved");
            resolved.any(|entry| entry.details.as_ref().is_some_and(|details| details.contains(text)))
        };
        if resolution.is_some_and(|text| !told(text)) {
            faults.push(format!("the history does not tell how {made:?} was resolved"));
        }
    }
    Ok(faults)
}

fn conversation(ticket: &Ticket, messages: &[Message], said: &[&Said], complete: bool) -> Vec<String> {
    let mut faults = Vec::new();
    for (sequence, message) in (1..).zip(messages) {
        if message.sequence != sequence {
            faults.push(format!("message {sequence} has the sequence {}", message.sequence));
        }
    }
    if messages.len() as u64 != ticket.message_count {
        faults.push(format!("{} messages, not {}", messages.len(), ticket.message_count));
    }
    for said in said {
        let found: Vec<&Message> = messages.iter().filter(|message| message.message == said.text).collect();
        let kept = |message: &&Message| message.id == said.id && message.sequence == said.sequence;
        if found.len() != 1 || !found.iter().all(kept) {
            faults.push(format!("{said:?} is there as {found:?}"));
        }
    }
    let written = messages.iter().filter(|message| message.sender_type != "system").count();
    if complete && written != said.len() {
        faults.push(format!("{written} messages of people, of whom {} were told", said.len()));
    }
    faults.into_iter().map(|fault| format!("{}: {fault}", ticket.ticket_number)).collect()
}
