//! To whom a ticket goes that its handler cannot finish.
#![cfg(test)]

use serde_json::{Value, json};
use support_tests::{Answer, Desk, Person, Response, for_each_database, with};

fn escalate(desk: &Desk, ticket: &str, to: Value) -> Response {
    let body = with(json!({ "ticketId": ticket, "reason": "too hard" }), to);
    desk.admin().post("/support/tickets/escalate", &body)
}

/// A ticket that this agent has in progress.
fn ticket_of(desk: &Desk, agent: &Person) -> String {
    let ticket = desk.open(&desk.customer(1), "technical");
    desk.assign(&ticket, agent);
    ticket
}

/// Whom a ticket of `from` goes to.
fn goes_to(desk: &Desk, from: &Person, to: Value) -> String {
    let ticket = escalate(desk, &ticket_of(desk, from), to).is(200);
    assert_eq!(
        (&ticket["status"], &ticket["assignedTo"]),
        (&json!("escalated"), &json!(from.id)),
        "{ticket}"
    );
    assert!(ticket["escalatedTo"].is_string(), "{ticket}");
    support_tests::text(&ticket["escalatedToName"])
}

#[track_caller]
fn nothing_changed(desk: &Desk, before: (&Value, &Value), what: &str) {
    let id = before.0["id"].as_str().unwrap();
    assert_eq!((&desk.ticket(id), &json!(desk.admin().items("/support/agents"))), before, "{what}");
}

fn away(desk: &Desk, agent: &Person, is_away: bool) {
    let status = if is_away { "away" } else { "available" };
    desk.admin().patch(&format!("/support/agents/{}", agent.id), &json!({ "status": status })).is(200);
}

for_each_database!(a_ticket_rises, |desk: &mut Desk| {
    desk.department("Technical Support", 1, &["technical"]);
    desk.department("Loans", 1, &["loan"]);
    desk.department("Fraud", 3, &[]);
    let many = json!({ "capacity": 100 });
    let hire = |name: &str, department: &str, tier| desk.hire_with(name, department, tier, many.clone());
    let one = hire("One", "Technical Support", 1);
    let other_one = hire("Other One", "Technical Support", 1);
    let two = hire("Two", "Technical Support", 2);
    let three = hire("Three", "Technical Support", 3);
    let loans = hire("Loans Two", "Loans", 2);
    let fraud = hire("Fraud One", "Fraud", 1);

    // By default the next tier up at home, then in any department.
    assert_eq!(goes_to(desk, &one, json!({})), "Two");
    away(desk, &two, true);
    assert_eq!(goes_to(desk, &one, json!({})), "Three");
    away(desk, &three, true);
    assert_eq!(goes_to(desk, &one, json!({})), "Loans Two");
    away(desk, &two, false);
    away(desk, &three, false);
    // To a tier, a department or a person by name.
    assert_eq!(goes_to(desk, &one, json!({ "tier": 3 })), "Three");
    assert_eq!(goes_to(desk, &one, json!({ "department": "loans" })), "Loans Two");
    assert_eq!(goes_to(desk, &one, json!({ "agentId": three.id })), "Three");
    // In another department, its own tier counts where it is higher.
    assert_eq!(goes_to(desk, &two, json!({ "agentId": fraud.id })), "Fraud One");
    assert_eq!(goes_to(desk, &two, json!({ "department": "Fraud" })), "Fraud One");
    assert_eq!(goes_to(desk, &two, json!({})), "Three");

    // Who is not above cannot be escalated to.
    let id = ticket_of(desk, &two);
    let before = (desk.ticket(&id), json!(desk.admin().items("/support/agents")));
    for (to, code) in [
        (json!({ "agentId": one.id }), "tier_too_low"),
        (json!({ "agentId": other_one.id }), "tier_too_low"),
        (json!({ "agentId": two.id }), "tier_too_low"),
        (json!({ "agentId": loans.id }), "tier_too_low"),
        (json!({ "tier": 1 }), "no_escalation_target"),
        (json!({ "tier": 2 }), "no_escalation_target"),
        (json!({ "department": "Loans" }), "no_escalation_target"),
    ] {
        escalate(desk, &id, to.clone()).refused(409, code);
        nothing_changed(desk, (&before.0, &before.1), &to.to_string());
    }
    // What does not name anybody.
    for to in [
        json!({ "agentId": "01900000-0000-7000-8000-0000ffffffff" }),
        json!({ "agentId": "somebody" }),
        json!({ "department": "Nowhere" }),
        json!({ "tier": 0 }),
        json!({ "tier": 4 }),
        json!({ "tier": "two" }),
        json!({ "tier": 3, "agentId": three.id }),
        json!({ "reason": "" }),
        json!({ "force": true }),
    ] {
        escalate(desk, &id, to.clone()).problem_of(422);
        nothing_changed(desk, (&before.0, &before.1), &to.to_string());
    }
    desk.admin().post("/support/tickets/escalate", &json!({ "ticketId": id })).problem_of(422);
});

for_each_database!(no_one_fits, |desk: &mut Desk| {
    desk.department("Technical Support", 1, &["technical"]);
    let one = desk.hire("One", "Technical Support", 1);
    let two = desk.hire_with("Two", "Technical Support", 2, json!({ "capacity": 1 }));
    let three = desk.hire_with("Three", "Technical Support", 3, json!({ "status": "away" }));
    let first = ticket_of(desk, &one);
    escalate(desk, &first, json!({})).is(200);
    assert_eq!((desk.load(&one).0, desk.load(&two)), (0, (1, "busy".into())));

    let id = ticket_of(desk, &one);
    let before = (desk.ticket(&id), json!(desk.admin().items("/support/agents")));
    let history = desk.history(&id);
    for (to, code) in [
        (json!({}), "no_escalation_target"),
        (json!({ "tier": 2 }), "no_escalation_target"),
        (json!({ "department": "Technical Support" }), "no_escalation_target"),
        (json!({ "agentId": two.id }), "agent_at_capacity"),
        (json!({ "agentId": three.id }), "agent_away"),
    ] {
        escalate(desk, &id, to.clone()).refused(409, code);
        nothing_changed(desk, (&before.0, &before.1), &to.to_string());
    }
    assert_eq!(desk.history(&id), history);

    // Nobody is above the highest, wherever they are.
    away(desk, &three, false);
    let top = ticket_of(desk, &three);
    escalate(desk, &top, json!({})).refused(409, "no_escalation_target");
});

for_each_database!(an_escalated_ticket_has_one_handler, |desk: &mut Desk| {
    desk.department("Technical Support", 1, &["technical"]);
    desk.department("Fraud", 2, &[]);
    let one = desk.hire("One", "Technical Support", 1);
    let two = desk.hire("Two", "Fraud", 2);
    let three = desk.hire("Three", "Fraud", 3);
    let id = ticket_of(desk, &one);
    let path = format!("/support/tickets/{id}");

    // The handler escalates it themselves; both are told, the customer too.
    let body = json!({ "ticketId": id, "reason": "It may be fraud.", "agentId": two.id });
    let escalated = one.post("/support/tickets/escalate", &body).is(200);
    assert_eq!((desk.load(&one).0, desk.load(&two).0), (0, 1));
    assert_eq!(desk.actions(&id)[3..], ["ticket_escalated"]);
    let details = support_tests::text(&desk.history(&id)[3]["details"]);
    assert!(details.contains("It may be fraud."), "the reason is kept: {details}");
    assert_eq!(desk.messages(&id).last().unwrap()["senderType"], "system");
    assert_eq!(two.items("/support/notifications").len(), 1);
    // Both may go on reading and working on it.
    for agent in [&one, &two] {
        agent.post(&format!("{path}/messages"), &json!({ "message": "I am here." })).is(201);
    }

    // Back in progress, it stays with the one it was escalated to.
    let back = two.patch(&path, &json!({ "status": "in-progress" })).is(200);
    for member in ["assignedTo", "escalatedTo", "escalatedToName"] {
        assert_eq!(back[member], escalated[member], "{member}");
    }
    assert_eq!(desk.history(&id).last().unwrap()["details"], "Status changed from ESCALATED to IN_PROGRESS");
    assert_eq!((desk.load(&one).0, desk.load(&two).0), (0, 1));
    // From there it can rise further.
    let higher = escalate(desk, &id, json!({})).is(200);
    assert_eq!((&higher["assignedTo"], &higher["escalatedTo"]), (&json!(one.id), &json!(three.id)));
    assert_eq!((desk.load(&one).0, desk.load(&two).0, desk.load(&three).0), (0, 0, 1));
    two.get(&path).problem_of(404);
    one.get(&path).is(200);

    // A new assignment clears the escalation.
    let anew = desk.assign(&id, &two);
    assert_eq!((&anew["assignedTo"], &anew["escalatedTo"]), (&json!(two.id), &Value::Null));
    assert_eq!((&anew["escalatedToName"], &anew["status"]), (&Value::Null, &json!("in-progress")));
    assert_eq!(desk.actions(&id).last().unwrap(), "status_changed");
    assert!(desk.actions(&id).contains(&"agent_reassigned".to_owned()));
    assert_eq!((desk.load(&two).0, desk.load(&three).0), (1, 0));
    one.get(&path).problem_of(404);
});
