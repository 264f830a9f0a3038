//! Who is told what, and reads it.
#![cfg(test)]

use serde_json::{Value, json};
use support_tests::{Answer, Desk, Person, each, for_each_database};

/// A person's notifications, the newest first.
fn told(person: &Person) -> Vec<Value> {
    person.items("/support/notifications")
}

for_each_database!(somebody_is_told_by_hand, |desk: &mut Desk| {
    desk.department("Technical Support", 1, &["technical"]);
    let (lou, other) = (desk.hire("Lou", "Technical Support", 1), desk.hire("Max", "Technical Support", 1));
    let customer = desk.customer(1);
    let id = desk.open(&customer, "technical");
    let path = format!("/support/tickets/{id}/notify");
    let admin = desk.admin();
    // Nobody handles it yet.
    admin.post(&path, &json!({ "to": "agent", "message": "Please look." })).problem_of(409);
    desk.assign(&id, &lou);
    let before = (told(&customer).len(), told(&lou).len());

    lou.post(&path, &json!({ "to": "customer", "message": " We are <b>on it</b>. " })).is(202);
    let news = told(&customer);
    assert_eq!(news.len(), before.0 + 1);
    assert_eq!(
        (&news[0]["message"], &news[0]["ticketId"]),
        (&json!("We are <b>on it</b>."), &json!(id)),
        "{news:?}"
    );
    assert_eq!(desk.actions(&id).last().unwrap(), "notification_sent");
    assert_eq!((told(&lou).len(), told(&other).len()), (before.1, 0));

    let all = json!({ "to": "AGENT", "message": "Please look.", "channels": ["in-app", "EMAIL", "in_app"] });
    admin.post(&path, &all).is(202);
    assert_eq!(told(&lou).len(), before.1 + 1, "once in the app");
    // Channels that are not set up are kept in the outbox; in the app nothing appears.
    admin.post(&path, &json!({ "to": "customer", "message": "x", "channels": ["email", "webhook"] })).is(202);
    assert_eq!(told(&customer).len(), before.0 + 1);

    for wrong in [
        json!({ "to": "everybody", "message": "x" }),
        json!({ "to": "customer" }),
        json!({ "to": "customer", "message": "  " }),
        json!({ "to": "customer", "message": "x", "channels": ["pigeon"] }),
        json!({ "to": "customer", "message": "x", "channels": "email" }),
        json!({ "to": "customer", "message": "x".repeat(100_000) }),
        json!({ "message": "x" }),
    ] {
        admin.post(&path, &wrong).problem_of(422);
    }
    assert_eq!((told(&customer).len(), told(&lou).len()), (before.0 + 1, before.1 + 1));
    // An escalated ticket's agent is the one who has it now.
    let above = desk.hire("Sonja", "Technical Support", 2);
    desk.escalate(&id, &above);
    let heard = (told(&lou).len(), told(&above).len());
    admin.post(&path, &json!({ "to": "agent", "message": "Please look." })).is(202);
    assert_eq!((told(&lou).len(), told(&above).len()), (heard.0, heard.1 + 1));
});

for_each_database!(everybody_reads_their_own, |desk: &mut Desk| {
    desk.department("Technical Support", 1, &["technical"]);
    let lou = desk.hire("Lou", "Technical Support", 1);
    let customer = desk.customer(1);
    let id = desk.open(&customer, "technical");
    desk.assign(&id, &lou);
    for n in 0..7 {
        let body = json!({ "to": "customer", "message": format!("News {n}") });
        lou.post(&format!("/support/tickets/{id}/notify"), &body).is(202);
    }
    let all = told(&customer);
    assert_eq!(each(&all[..7], "message"), (0..7).rev().map(|n| format!("News {n}")).collect::<Vec<_>>());
    assert!(all.iter().all(|one| one["isRead"] == false), "{all:?}");

    // In pages, none is lost or repeated.
    let (mut ids, mut query) = (Vec::new(), "?limit=3".to_owned());
    loop {
        let page = customer.get(&format!("/support/notifications{query}")).is(200);
        ids.extend(each(&support_tests::items(&page), "id"));
        match page["nextCursor"].as_str() {
            Some(cursor) => query = format!("?limit=3&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(ids, each(&all, "id"));

    let read = customer.send("POST", &format!("/support/notifications/{}/read", ids[2]), |request| request);
    assert!((200..300).contains(&read.status), "{read:?}");
    let after = told(&customer);
    let unread = after.iter().filter(|one| one["isRead"] == false).count();
    assert_eq!((&after[2]["isRead"], unread), (&json!(true), all.len() - 1));
    // Again is no failure, and the first time stays.
    customer.send("POST", &format!("/support/notifications/{}/read", ids[2]), |request| request);
    assert_eq!(told(&customer), after);
    for stranger in [&lou, &desk.customer(2), &desk.admin()] {
        let path = format!("/support/notifications/{}/read", ids[0]);
        stranger.send("POST", &path, |request| request).problem_of(404);
    }
    assert_eq!(told(&customer), after);
    assert_eq!((told(&desk.customer(2)).len(), told(&desk.admin()).len()), (0, 0));
    let nothing = "/support/notifications/01900000-0000-7000-8000-0000ffffffff/read";
    customer.send("POST", nothing, |request| request).problem_of(404);
});

for_each_database!(the_desk_tells_by_itself, |desk: &mut Desk| {
    desk.department("Technical Support", 1, &["technical"]);
    let (one, two) = (desk.hire("One", "Technical Support", 1), desk.hire("Two", "Technical Support", 2));
    let customer = desk.customer(1);
    let counts = || (told(&customer).len(), told(&one).len(), told(&two).len());
    let id = desk.open(&customer, "technical");
    // The workflows of `docs/specification.md`, section 3: the customer of a new ticket, its agent, the one
    // above, and the customer again.
    assert_eq!(counts(), (1, 0, 0));
    desk.assign(&id, &one);
    assert_eq!((told(&one).len(), told(&two).len()), (1, 0));
    desk.escalate(&id, &two);
    assert_eq!((told(&one).len(), told(&two).len()), (1, 1));
    let before = told(&customer).len();
    desk.resolve(&two, &id);
    assert_eq!(told(&customer).len(), before + 1);
    for person in [&customer, &one, &two] {
        assert!(told(person).iter().all(|one| one["ticketId"] == id.as_str()));
    }
});
