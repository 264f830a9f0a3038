//! Tickets come back as they went in, and their numbers.

use std::collections::BTreeSet;

use crate::contract::sample::{self, at, ticket, ticket_id};
use crate::contract::scene::{Scene, refusal_may_pass};
use crate::entity::{Customer, Ticket};
use crate::error::StoreError;
use crate::value::{
    Category, DepartmentName, Description, Phone, Priority, Resolution, Status, Subject, Tag, Tags,
    TicketNumber,
};

pub(super) fn unset_fields_come_back_unset(scene: &Scene) {
    scene.seed();
    let plain = ticket(1, |_| ());
    scene.insert(std::slice::from_ref(&plain));
    assert_eq!(scene.ticket(plain.id), plain);
}

pub(super) fn set_fields_come_back_as_they_were(scene: &Scene) {
    scene.seed();
    let full = full(1);
    let waiting = ticket(2, |t| t.waiting = true);
    scene.insert(&[full.clone(), waiting.clone()]);
    let read = scene.ticket(full.id);
    assert_eq!(read, full);
    assert_eq!(
        read.department.as_ref().map(DepartmentName::as_str),
        full.department.as_ref().map(DepartmentName::as_str),
        "letter case, which equality ignores"
    );
    assert_eq!(scene.ticket(waiting.id), waiting);
    let number = full.number;
    assert_eq!(scene.read(move |tx| tx.tickets().find_by_number(number)), Some(full.clone()));
    let id = full.id;
    assert_eq!(scene.write(move |tx| tx.tickets().lock(id)), Some(full));
}

pub(super) fn the_longest_texts_come_back_whole(scene: &Scene) {
    scene.seed();
    // Four bytes in UTF-8 each; the first is a letter, so that it is searched as well.
    let long = |max: usize| "𐐷🦀".repeat(max / 2);
    let tags = (0..20).map(|n| Tag::parse(&format!("{n:02}{}", "漢".repeat(48))).expect("a tag"));
    let longest = ticket(1, |t| {
        t.customer = Customer { name: sample::person(&long(200)), ..sample::customer(1) };
        t.subject = Subject::parse(&long(Subject::MAX)).expect("a subject");
        t.description = Description::parse(&long(Description::MAX)).expect("a description");
        t.tags = Tags::new(tags).expect("tags");
        t.status = Status::Closed;
        t.assigned_to = Some(sample::handler(1));
        t.resolution = Some(Resolution::parse(&long(Resolution::MAX)).expect("a resolution"));
        t.resolved_at = Some(at(9));
        t.resolved_by = Some(sample::admin_id());
    });
    let one_word = ticket(2, |t| t.subject = Subject::parse(&"漢".repeat(Subject::MAX)).expect("a subject"));
    scene.insert(&[longest.clone(), one_word.clone()]);
    assert_eq!(scene.ticket(longest.id), longest);
    assert_eq!(scene.ticket(one_word.id), one_word);
}

pub(super) fn every_choice_comes_back(scene: &Scene) {
    scene.seed();
    let mut tickets: Vec<Ticket> = Vec::new();
    let mut numbers = 1..;
    let mut next = || numbers.next().expect("endless");
    tickets.extend(Category::ALL.iter().map(|category| ticket(next(), |t| t.category = *category)));
    tickets.extend(Priority::ALL.iter().map(|priority| ticket(next(), |t| t.priority = *priority)));
    tickets.extend(Status::ALL.iter().map(|status| sample::ticket_in(next(), *status)));
    scene.insert(&tickets);
    for ticket in tickets {
        assert_eq!(scene.ticket(ticket.id), ticket);
    }
}

pub(super) fn a_saved_ticket_replaces_the_old_one(scene: &Scene) {
    scene.seed();
    let (plain, other) = (ticket(1, |_| ()), ticket(2, |_| ()));
    scene.insert(&[plain.clone(), other.clone()]);
    // Whose it is never changes, nor do its number and its creation.
    let changed = ticket(1, |t| {
        t.clone_from(&full(1));
        t.customer = plain.customer.clone();
    });
    for saved in [changed, plain] {
        let (id, wanted) = (saved.id, saved.clone());
        scene.write(move |tx| {
            tx.tickets().lock(id)?;
            tx.tickets().save(&saved)
        });
        assert_eq!(scene.ticket(id), wanted);
    }
    assert_eq!(scene.ticket(other.id), other, "the other ticket is as it was");
}

pub(super) fn absent_tickets_are_none(scene: &Scene) {
    let found = scene.write(|tx| {
        let by_id = tx.tickets().find(ticket_id(1))?;
        let by_number = tx.tickets().find_by_number(TicketNumber::new(2026, 1))?;
        Ok::<_, StoreError>([by_id, by_number, tx.tickets().lock(ticket_id(1))?])
    });
    assert_eq!(found, [None, None, None]);
}

pub(super) fn ids_and_numbers_are_unique(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |_| ())]);
    let same_id = ticket(1, |t| t.number = TicketNumber::new(2026, 2));
    let same_number = ticket(2, |t| t.number = TicketNumber::new(2026, 1));
    for double in [same_id, same_number] {
        let refusal = scene.refusal(move |tx| tx.tickets().insert(&double));
        assert!(!refusal_may_pass(&refusal), "{refusal:?}");
    }
    scene.insert(&[ticket(3, |t| t.number = TicketNumber::new(2027, 1))]);
}

pub(super) fn numbers_ascend_from_one_in_each_year(scene: &Scene) {
    for (year, serial) in [(2026, 1), (2026, 2), (2027, 1), (2026, 3), (2027, 2)] {
        let number = scene.write(move |tx| tx.tickets().next_number(year));
        assert_eq!(number, TicketNumber::new(year, serial));
    }
    let two = scene
        .write(|tx| Ok::<_, StoreError>([tx.tickets().next_number(2026)?, tx.tickets().next_number(2026)?]));
    assert_eq!(two, [TicketNumber::new(2026, 4), TicketNumber::new(2026, 5)], "in one transaction");
}

pub(super) fn numbers_are_unique_and_ascend_under_concurrency(scene: &Scene) {
    scene.seed();
    let taken = scene.in_threads(8, |scene, thread| {
        let take = |n| {
            scene.write(move |tx| {
                let number = tx.tickets().next_number(2026)?;
                tx.tickets().insert(&ticket(thread * 100 + n, |t| t.number = number))?;
                Ok::<_, StoreError>(number)
            })
        };
        (0..12).map(take).collect::<Vec<_>>()
    });
    for of_thread in &taken {
        assert!(of_thread.is_sorted_by(|a, b| a < b), "{of_thread:?}");
    }
    let unique: BTreeSet<TicketNumber> = taken.into_iter().flatten().collect();
    assert_eq!(unique.len(), 8 * 12);
    let next = scene.write(|tx| tx.tickets().next_number(2026));
    assert!(unique.last().is_some_and(|last| next > *last), "{next} comes after all others");
}

/// A ticket with every field set, to the microsecond and with letters of many scripts.
fn full(n: u64) -> Ticket {
    let tag = |text| Tag::parse(text).expect("a tag");
    ticket(n, |t| {
        t.customer = Customer {
            name: sample::person("Zoë \"Zo\" O'Ńeill-李 🦀"),
            email: Some(sample::email("zoe+o'neill@example.com")),
            phone: Some(Phone::parse("+44 (20) 7946-0018 x5").expect("a telephone number")),
            ..sample::customer(2)
        };
        t.subject = Subject::parse("Größe; DROP TABLE tickets; -- \\ % _ {} 日本").expect("a subject");
        t.description =
            Description::parse("Zeile 1\n\tZeile 2 \u{1F469}\u{200D}\u{1F680}").expect("a description");
        t.category = Category::Transaction;
        t.priority = Priority::Urgent;
        t.status = Status::Closed;
        t.assigned_to = Some(sample::handler(1));
        t.department = Some(sample::department_name(sample::BILLING));
        t.escalated_to = Some(sample::handler(3));
        t.resolution = Some(Resolution::parse("Behoben.\nDanke!").expect("a resolution"));
        t.resolved_at = Some(at(7_201));
        t.resolved_by = Some(sample::admin_id());
        t.last_message_at = Some(at(7_202));
        t.message_count = 3_000_000_000;
        t.tags = Tags::new([tag("zahlung"), tag("a b"), tag("größe"), tag("\"q\"")]).expect("tags");
        t.first_response_at = Some(at(5));
        t.version = 4_000_000_000;
        t.updated_at = at(7_203);
    })
}
