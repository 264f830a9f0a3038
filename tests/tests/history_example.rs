//! The worked example of `docs/specification.md`, section 2.5.2, lived through over HTTP.
#![cfg(test)]

use serde_json::{Value, json};
use support_tests::{Answer, Desk, Person, Token, each, for_each_database};

const EXAMPLE: [(&str, &str, &str); 7] = [
    ("ticket_created", "Ticket created by customer", "Customer 1"),
    ("ticket_assigned", "Assigned to John Doe (Technical Support)", "Ada Min"),
    ("status_changed", "Status changed from OPEN to IN_PROGRESS", "Ada Min"),
    ("message_sent", "Agent sent message: 'We're looking into this issue'", "John Doe"),
    ("ticket_escalated", "Escalated to Tier 2 agent (Jane Smith)", "John Doe"),
    ("ticket_resolved", "Resolved: Issue fixed in latest update", "Jane Smith"),
    ("ticket_closed", "Ticket closed by customer", "Customer 1"),
];

/// The members of a ticket that its life changes.
#[track_caller]
fn assert_ticket(ticket: &Value, expected: &Value) {
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(&ticket[member], value, "{member} of {ticket}");
    }
}

/// Checks what a step of the example did to the ticket, and answers the ticket.
#[track_caller]
fn step(desk: &Desk, before: &Value, messages: u64, expected: &Value) -> Value {
    let ticket = desk.ticket(before["id"].as_str().unwrap());
    assert_ticket(&ticket, expected);
    assert_eq!(ticket["messageCount"], messages, "{ticket}");
    assert_eq!(ticket["lastMessageAt"].is_string(), messages > 0, "{ticket}");
    assert!(ticket["version"].as_u64() > before["version"].as_u64(), "{before} {ticket}");
    assert!(ticket["updatedAt"].as_str() >= before["updatedAt"].as_str(), "{before} {ticket}");
    let unchanging =
        ["id", "ticketNumber", "customerId", "customerName", "subject", "description", "createdAt"];
    for member in unchanging {
        assert_eq!(ticket[member], before[member], "{member}");
    }
    ticket
}

fn live_through_it(desk: &Desk, customer: &Person, john: &Person, jane: &Person) -> Value {
    let nobody = json!({
        "assignedTo": null, "assignedToName": null, "escalatedTo": null, "escalatedToName": null,
        "resolution": null, "resolvedAt": null, "resolvedBy": null, "firstResponseAt": null,
    });
    let created = desk.open_with(customer, json!({}));
    assert_ticket(&created, &nobody);
    assert_ticket(&created, &json!({ "status": "open", "messageCount": 0, "lastMessageAt": null }));
    let path = format!("/support/tickets/{}", created["id"].as_str().unwrap());

    desk.assign(created["id"].as_str().unwrap(), john);
    let handled = json!({
        "status": "in-progress", "assignedTo": john.id, "assignedToName": "John Doe", "escalatedTo": null,
        "department": "Technical Support", "firstResponseAt": null,
    });
    let assigned = step(desk, &created, 1, &handled);
    assert_eq!(desk.load(john), (1, "available".into()));

    let body = json!({ "message": "We're looking into this issue" });
    let message = john.post(&format!("{path}/messages"), &body).is(201);
    let answered = step(desk, &assigned, 2, &json!({ "status": "in-progress", "assignedTo": john.id }));
    assert_eq!(answered["firstResponseAt"], message["createdAt"]);
    assert_eq!(answered["lastMessageAt"], message["createdAt"]);

    let body = json!({ "ticketId": created["id"], "reason": "The fix needs a developer." });
    john.post("/support/tickets/escalate", &body).is(200);
    let above = json!({
        "status": "escalated", "assignedTo": john.id, "assignedToName": "John Doe",
        "escalatedTo": jane.id, "escalatedToName": "Jane Smith",
        "firstResponseAt": answered["firstResponseAt"],
    });
    let escalated = step(desk, &answered, 3, &above);
    assert_eq!((desk.load(john).0, desk.load(jane).0), (0, 1));

    let body = json!({ "status": "resolved", "resolution": "Issue fixed in latest update" });
    jane.patch(&path, &body).is(200);
    let done = json!({
        "status": "resolved", "resolution": "Issue fixed in latest update", "resolvedBy": jane.id,
        "assignedTo": john.id, "escalatedTo": jane.id,
    });
    let resolved = step(desk, &escalated, 4, &done);
    assert!(resolved["resolvedAt"].as_str() >= resolved["createdAt"].as_str(), "{resolved}");
    assert_eq!((desk.load(john).0, desk.load(jane).0), (0, 0));

    customer.patch(&path, &json!({ "status": "closed" })).is(200);
    let over = json!({ "status": "closed", "resolvedAt": resolved["resolvedAt"], "resolvedBy": jane.id });
    step(desk, &resolved, 5, &over)
}

/// Every entry carries the hash of the one before it, so that tampering shows.
fn assert_chained(history: &[Value]) {
    let is_hash = |value: &Value| {
        let text = value.as_str().unwrap_or_default();
        text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let mut previous: Option<&Value> = None;
    for entry in history {
        assert!(is_hash(&entry["hash"]), "{entry}");
        match previous {
            Some(hash) => assert_eq!(&entry["previousHash"], hash, "{entry}"),
            None => assert!(
                entry["previousHash"].is_null() || text_of_zeros(&entry["previousHash"]),
                "nothing is before the first: {entry}"
            ),
        }
        previous = Some(&entry["hash"]);
    }
    let mut hashes = each(history, "hash");
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), history.len());
}

fn text_of_zeros(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() == 64 && text.bytes().all(|byte| byte == b'0'))
}

for_each_database!(the_history_of_the_specification, |desk: &mut Desk| {
    desk.department("Technical Support", 1, &["technical"]);
    let john = desk.hire("John Doe", "Technical Support", 1);
    let jane = desk.hire("Jane Smith", "Technical Support", 2);
    let customer = desk.customer(1);
    let ticket = live_through_it(desk, &customer, &john, &jane);
    let id = ticket["id"].as_str().unwrap();

    let history = desk.history(id);
    let expected: Vec<&str> = EXAMPLE.iter().map(|(action, ..)| *action).collect();
    assert_eq!(each(&history, "action"), expected);
    assert_eq!(each(&history, "sequence"), ["1", "2", "3", "4", "5", "6", "7"]);
    let performers =
        [&customer.id, &desk.admin().id, &desk.admin().id, &john.id, &john.id, &jane.id, &customer.id];
    for ((entry, (action, details, name)), performer) in history.iter().zip(EXAMPLE).zip(performers) {
        let told = entry["details"].as_str().unwrap();
        // The reason of an escalation is kept behind the specification's words.
        let is_as_told =
            if action == "ticket_escalated" { told.starts_with(details) } else { told == details };
        assert!(is_as_told, "{entry} should say: {details}");
        assert_eq!(entry["performedByName"], name, "{entry}");
        assert_eq!(&entry["performedBy"], performer, "{entry}");
        assert_eq!(entry["ticketId"], id);
        assert!(entry["timestamp"].as_str() >= ticket["createdAt"].as_str(), "{entry}");
    }
    assert_chained(&history);

    // The staff who worked on it read the same, in parts as well.
    assert_eq!(jane.items(&format!("/support/tickets/{id}/history")), history);
    let path = format!("/support/tickets/{id}/history?limit=3");
    let (mut parts, mut cursor) = (Vec::new(), String::new());
    loop {
        let part = jane.get(&format!("{path}{cursor}")).is(200);
        let items = support_tests::items(&part);
        assert!((1..=3).contains(&items.len()), "{part}");
        parts.extend(items);
        match part["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(parts, history);

    // There is no way to change or to delete an entry.
    let entry = format!("/support/tickets/{id}/history/{}", history[0]["id"].as_str().unwrap());
    for method in ["PUT", "PATCH", "DELETE", "POST"] {
        let answer = desk.admin().send(method, &entry, |request| request.json(&json!({ "details": "else" })));
        assert!((400..500).contains(&answer.status), "{answer:?}");
        let path = format!("/support/tickets/{id}/history");
        let answer = desk.admin().send(method, &path, |request| request.json(&json!({ "details": "else" })));
        answer.problem_of(405);
    }
    assert_eq!(desk.history(id), history);

    // The conversation tells the customer of each step, after the message of the agent or before it.
    let conversation = desk.messages(id);
    assert_eq!(each(&conversation, "senderType"), ["system", "agent", "system", "system", "system"]);
    assert_eq!(each(&conversation, "sequence"), ["1", "2", "3", "4", "5"]);
});

for_each_database!(history_knows_who_did_it, |desk: &mut Desk| {
    desk.department("Technical Support", 1, &["technical"]);
    let lou = desk.hire("Lou Abel", "Technical Support", 1);
    let customer = desk.customer(1);
    let id = desk.open(&customer, "technical");
    desk.assign(&id, &lou);
    // A token needs no name; whoever it is has one all the same.
    let nameless = |id: &str, role: &str| desk.person(id, &Token::new(id, role));
    let path = format!("/support/tickets/{id}");
    let message = json!({ "message": "Hello." });
    let said = nameless(&lou.id, "agent").post(&format!("{path}/messages"), &message).is(201);
    assert_eq!((&said["senderName"], &said["senderId"]), (&json!("Lou Abel"), &json!(lou.id)));
    let said = nameless(&customer.id, "customer").post(&format!("{path}/messages"), &message).is(201);
    assert_eq!(said["senderName"], "Customer 1");
    let by: Vec<Value> =
        desk.history(&id)[3..].iter().map(|entry| entry["performedByName"].clone()).collect();
    assert_eq!(by, [json!("Lou Abel"), json!("Customer 1")]);
});
