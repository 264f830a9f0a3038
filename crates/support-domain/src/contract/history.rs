//! Tickets' histories and their chain of hashes.

use std::collections::HashSet;

use crate::contract::sample::{self, entry, ticket, ticket_id};
use crate::contract::scene::Scene;
use crate::entity::{
    Action, ChainBreak, ChainHead, ChainProblem, ChainReport, HistoryEntry, NewHistoryEntry,
};
use crate::error::StoreError;
use crate::id::UserId;
use crate::value::TicketNumber;

pub(super) fn entries_come_back_as_appended(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |_| ())]);
    let by_system = NewHistoryEntry {
        performed_by: UserId::SYSTEM,
        performed_by_name: sample::person("System"),
        details: None,
        ..entry(1, 1)
    };
    let by_person = NewHistoryEntry {
        performed_by_name: sample::person(&"𐐷".repeat(200)),
        details: Some("„Größe“ changed from 'a' to \"b\"; -- 🦀\n".repeat(300)),
        ..entry(1, 2)
    };
    let empty = NewHistoryEntry { details: Some(String::new()), ..entry(1, 3) };
    let appended = [by_system, by_person, empty];
    append(scene, &appended);
    let listed: Vec<NewHistoryEntry> = scene.history(ticket_id(1)).into_iter().map(|e| e.entry).collect();
    assert_eq!(listed, appended);
}

pub(super) fn every_action_comes_back(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |_| ())]);
    let entries: Vec<NewHistoryEntry> = (1..)
        .zip(Action::ALL)
        .map(|(n, action)| NewHistoryEntry { action: *action, ..entry(1, n) })
        .collect();
    append(scene, &entries);
    let actions: Vec<Action> = scene.history(ticket_id(1)).iter().map(|e| e.entry.action).collect();
    assert_eq!(actions, Action::ALL);
}

pub(super) fn sequences_and_hashes_chain(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |_| ())]);
    for n in 1..=4 {
        append(scene, &[entry(1, n)]);
    }
    let entries = scene.history(ticket_id(1));
    assert_eq!(entries.len(), 4);
    assert_chained(&entries);
}

pub(super) fn entries_of_one_transaction_chain(scene: &Scene) {
    scene.seed();
    let new = ticket(1, |_| ());
    scene.write(move |tx| {
        tx.tickets().insert(&new)?;
        tx.history().append(&entry(1, 1))?;
        tx.history().append(&entry(1, 2))
    });
    append(scene, &[entry(1, 3), entry(1, 4), entry(1, 5)]);
    let entries = scene.history(ticket_id(1));
    assert_eq!(entries.len(), 5);
    assert_chained(&entries);
}

pub(super) fn each_ticket_has_its_own_chain(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |_| ()), ticket(2, |_| ()), ticket(3, |_| ())]);
    scene.write(|tx| {
        for n in 1..=3 {
            for ticket in [1, 2] {
                tx.tickets().lock(ticket_id(ticket))?;
                tx.history().append(&entry(ticket, n))?;
            }
        }
        Ok::<_, StoreError>(())
    });
    for n in [1, 2] {
        let entries = scene.history(ticket_id(n));
        assert_eq!(entries.len(), 3);
        assert!(entries.iter().all(|e| e.entry.ticket_id == ticket_id(n)));
        assert_chained(&entries);
    }
    assert_eq!(scene.history(ticket_id(3)), []);
}

pub(super) fn lists_begin_after_a_sequence_and_end_at_the_limit(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |_| ())]);
    append(scene, &(1..=6).map(|n| entry(1, n)).collect::<Vec<_>>());
    for (after, limit, expected) in
        [(0, 10, 1..=6), (0, 2, 1..=2), (2, 2, 3..=4), (5, 5, 6..=6), (-3, 1, 1..=1)]
    {
        let found = scene.read(move |tx| tx.history().list(ticket_id(1), after, limit));
        let found: Vec<i64> = found.iter().map(|e| e.sequence).collect();
        assert_eq!(found, expected.collect::<Vec<i64>>(), "after {after}, at most {limit}");
    }
    for after in [6, i64::MAX] {
        assert_eq!(scene.read(move |tx| tx.history().list(ticket_id(1), after, 10)), []);
    }
}

pub(super) fn concurrent_appends_leave_no_gap(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |_| ())]);
    scene.in_threads(8, |scene, thread| {
        for n in 0..6 {
            let number = u32::try_from(thread * 6 + n + 1).expect("a small number");
            append(scene, &[entry(1, number)]);
        }
    });
    let entries = scene.history(ticket_id(1));
    assert_eq!(entries.len(), 48);
    assert_chained(&entries);
    let ids: HashSet<_> = entries.iter().map(|e| e.entry.id).collect();
    assert_eq!(ids.len(), 48, "each entry once");
}

pub(super) fn an_untouched_chain_holds(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |_| ()), ticket(2, |_| ())]);
    append(scene, &[entry(1, 1), NewHistoryEntry { details: None, ..entry(1, 2) }]);
    append(scene, &[entry(1, 3)]);
    let report = verify(scene, 1, None);
    let last = head(&scene.history(ticket_id(1)), 3);
    assert_eq!((report.ticket_id, report.number), (ticket_id(1), Some(TicketNumber::new(2026, 1))));
    assert_eq!((report.entries, report.last, report.broken), (3, last, None));
    let empty = verify(scene, 2, None);
    assert_eq!((empty.entries, empty.last, empty.broken), (0, ChainHead::EMPTY, None));
    assert_eq!(scene.read(|tx| tx.history().verify(ticket_id(3), None)), None);
}

pub(super) fn a_long_chain_is_checked_whole(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |_| ())]);
    append(scene, &(1..=1_001).map(|n| entry(1, n)).collect::<Vec<_>>());
    let report = verify(scene, 1, None);
    assert_eq!((report.entries, report.last.sequence, report.broken), (1_001, 1_001, None));
}

pub(super) fn a_chain_is_checked_against_an_earlier_head(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |_| ())]);
    append(scene, &[entry(1, 1), entry(1, 2), entry(1, 3)]);
    let entries = scene.history(ticket_id(1));
    for sequence in 1..=3 {
        assert_eq!(verify(scene, 1, Some(head(&entries, sequence))).broken, None);
    }
    let other = ChainHead { sequence: 2, ..head(&entries, 1) };
    let broken = Some(ChainBreak { sequence: 2, problem: ChainProblem::Rewritten });
    assert_eq!(verify(scene, 1, Some(other)).broken, broken);
    let later = ChainHead { sequence: 5, ..head(&entries, 3) };
    let broken = Some(ChainBreak { sequence: 4, problem: ChainProblem::Truncated });
    assert_eq!(verify(scene, 1, Some(later)).broken, broken);
}

pub(super) fn a_chain_is_checked_with_what_was_just_appended(scene: &Scene) {
    scene.seed();
    let new = ticket(1, |_| ());
    let report = scene.write(move |tx| {
        tx.tickets().insert(&new)?;
        tx.history().append(&entry(1, 1))?;
        tx.history().append(&entry(1, 2))?;
        tx.history().verify(ticket_id(1), None)
    });
    let report = report.expect("the ticket exists");
    assert_eq!((report.entries, report.broken), (2, None));
}

pub(super) fn every_ticket_is_walked_to_once(scene: &Scene) {
    scene.seed();
    let numbers = [4, 1, 3, 7, 2];
    scene.insert(&numbers.map(|n| ticket(n, |_| ())));
    append(scene, &[entry(3, 1), entry(3, 2), entry(7, 1)]);
    for limit in 1..=6 {
        let mut walked = Vec::new();
        loop {
            let after = walked.last().copied();
            let page = scene.read(move |tx| tx.history().list_tickets(after, limit));
            assert!(page.len() <= usize::try_from(limit).expect("a small number"));
            if page.is_empty() {
                break;
            }
            walked.extend(page);
        }
        assert_eq!(walked, [1, 2, 3, 4, 7].map(ticket_id), "at most {limit} a page");
    }
}

/// Checks the chain of a ticket that exists.
#[track_caller]
fn verify(scene: &Scene, ticket: u64, known: Option<ChainHead>) -> ChainReport {
    scene.read(move |tx| tx.history().verify(ticket_id(ticket), known)).expect("the ticket exists")
}

/// The head that the chain had at `sequence`.
fn head(entries: &[HistoryEntry], sequence: usize) -> ChainHead {
    let entry = &entries[sequence - 1];
    ChainHead { sequence: entry.sequence, hash: entry.hash }
}

/// Appends in one transaction, each ticket locked before.
fn append(scene: &Scene, entries: &[NewHistoryEntry]) {
    let entries = entries.to_vec();
    scene.write(move |tx| {
        for entry in &entries {
            tx.tickets().lock(entry.ticket_id)?;
            tx.history().append(entry)?;
        }
        Ok::<_, StoreError>(())
    });
}

/// Checks that a whole history counts from 1, links each entry to the one before, and repeats no hash.
#[track_caller]
fn assert_chained(entries: &[HistoryEntry]) {
    let mut previous = [0; 32];
    for (sequence, entry) in (1..).zip(entries) {
        assert_eq!(entry.sequence, sequence);
        assert_eq!(entry.previous_hash, previous, "entry {sequence} carries the hash of the one before");
        previous = entry.hash;
    }
    let hashes: HashSet<_> = entries.iter().map(|entry| entry.hash).collect();
    assert_eq!(hashes.len(), entries.len(), "no hash twice");
    assert!(!hashes.contains(&[0; 32]), "zeros stand before the first");
}
