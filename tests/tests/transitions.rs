//! The state machine: seven transitions and no other, and what each of them does besides.
#![cfg(test)]

use serde_json::{Value, json};
use support_tests::{Answer, Desk, Person, each, for_each_database, pointers, with};

const STATUSES: [&str; 5] = ["open", "in-progress", "escalated", "resolved", "closed"];

/// What a status can become, and what a bare `PATCH` of it is answered.
const ALLOWED: [(&str, &[&str]); 5] = [
    ("open", &["in-progress"]),
    ("in-progress", &["resolved", "escalated"]),
    ("escalated", &["in-progress", "resolved"]),
    ("resolved", &["closed", "in-progress"]),
    ("closed", &[]),
];
/// The two transitions that need somebody: a bare status is not enough.
const NEED_SOMEBODY: [(&str, &str, &str); 2] =
    [("open", "in-progress", "assignee_required"), ("in-progress", "escalated", "escalation_required")];

struct Scene {
    customer: Person,
    handler: Person,
    above: Person,
}

impl Scene {
    fn set(desk: &Desk) -> Self {
        desk.department("Technical Support", 1, &["technical"]);
        let many = json!({ "capacity": 1000 });
        let handler = desk.hire_with("Hana", "Technical Support", 1, many.clone());
        let above = desk.hire_with("Sonja", "Technical Support", 2, many);
        Self { customer: desk.customer(1), handler, above }
    }

    /// A new ticket that has come to this status.
    fn ticket_in(&self, desk: &Desk, status: &str) -> Value {
        let id = desk.open(&self.customer, "technical");
        if status != "open" {
            desk.assign(&id, &self.handler);
        }
        if status == "escalated" {
            desk.escalate(&id, &self.above);
        }
        if ["resolved", "closed"].contains(&status) {
            desk.resolve(&self.handler, &id);
        }
        if status == "closed" {
            self.customer.patch(&path(&id), &json!({ "status": "closed" })).is(200);
        }
        let ticket = desk.ticket(&id);
        assert_eq!(ticket["status"], status);
        ticket
    }
}

fn path(id: &str) -> String {
    format!("/support/tickets/{id}")
}

fn to(status: &str) -> Value {
    let body = json!({ "status": status });
    if status == "resolved" { with(body, json!({ "resolution": "It works." })) } else { body }
}

/// Asks for a status by itself, and checks the answer and what it did or did not do.
fn ask(desk: &Desk, scene: &Scene, from: &str, target: &str) {
    let before = scene.ticket_in(desk, from);
    let id = before["id"].as_str().unwrap();
    let (entries, messages) = (desk.actions(id), desk.messages(id));
    let answer = desk.admin().patch(&path(id), &to(target));
    let allowed = ALLOWED.iter().find(|(status, _)| *status == from).unwrap().1;
    let needs = NEED_SOMEBODY.iter().find(|(a, b, _)| (*a, *b) == (from, target));
    match needs {
        Some((_, _, code)) => drop(answer.refused(409, code)),
        None if !allowed.contains(&target) => {
            let problem = answer.refused(409, "invalid_transition");
            assert_eq!((&problem["from"], &problem["to"]), (&json!(from), &json!(target)), "{problem}");
            let mut told = problem["allowed"].as_array().unwrap().clone();
            let mut expected: Vec<Value> = allowed.iter().map(|status| json!(status)).collect();
            told.sort_by_key(Value::to_string);
            expected.sort_by_key(Value::to_string);
            assert_eq!(told, expected, "{problem}");
        }
        None => {
            assert_eq!(answer.is(200)["status"], target);
            let action = match (from, target) {
                (_, "resolved") => "ticket_resolved",
                (_, "closed") => "ticket_closed",
                ("resolved", _) => "ticket_reopened",
                _ => "status_changed",
            };
            assert_eq!(desk.actions(id)[entries.len()..], [action], "{from} -> {target}");
            // Taking an escalated ticket back is the agents' own affair; the others are told to the customer.
            let told = usize::from(action != "status_changed");
            assert_eq!(each(&desk.messages(id)[messages.len()..], "senderType"), vec!["system"; told]);
            return;
        }
    }
    assert_eq!(desk.ticket(id), before, "{from} -> {target} was refused");
    assert_eq!((desk.actions(id), desk.messages(id)), (entries, messages), "{from} -> {target} was refused");
}

for_each_database!(there_are_seven_transitions, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    for from in STATUSES {
        for target in STATUSES {
            ask(desk, &scene, from, target);
        }
    }
    // The two that need somebody happen by assigning and by escalating.
    let ticket = scene.ticket_in(desk, "in-progress");
    let id = ticket["id"].as_str().unwrap();
    assert_eq!(desk.actions(id), ["ticket_created", "ticket_assigned", "status_changed"]);
    desk.escalate(id, &scene.above);
    assert_eq!(desk.actions(id)[3..], ["ticket_escalated"]);
    // From another status, they are no transition either.
    let admin = desk.admin();
    for status in ["open", "escalated", "resolved", "closed"] {
        let ticket = scene.ticket_in(desk, status);
        let body = json!({ "ticketId": ticket["id"], "reason": "x" });
        let problem = admin.post("/support/tickets/escalate", &body).refused(409, "invalid_transition");
        assert_eq!((&problem["from"], &problem["to"]), (&json!(status), &json!("escalated")));
    }
    for status in ["resolved", "closed"] {
        let ticket = scene.ticket_in(desk, status);
        let body = json!({ "ticketId": ticket["id"], "agentId": scene.handler.id });
        admin.post("/support/tickets/assign", &body).problem_of(409);
        assert_eq!(desk.ticket(ticket["id"].as_str().unwrap()), ticket);
    }
    // A word for a status in other letters is the same status.
    let ticket = scene.ticket_in(desk, "escalated");
    let taken_back = admin.patch(&path(ticket["id"].as_str().unwrap()), &to("IN_PROGRESS")).is(200);
    assert_eq!(taken_back["status"], "in-progress");
});

for_each_database!(resolving_needs_a_resolution, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    let before = scene.ticket_in(desk, "in-progress");
    let path = path(before["id"].as_str().unwrap());
    for body in [
        json!({}),
        json!({ "resolution": "" }),
        json!({ "resolution": " \n " }),
        json!({ "resolution": null }),
    ] {
        let body = with(json!({ "status": "resolved" }), body);
        let problem = scene.handler.patch(&path, &body).problem_of(422);
        assert_eq!(pointers(&problem), ["/resolution"], "{problem}");
    }
    assert_eq!(desk.ticket(before["id"].as_str().unwrap()), before);
    let resolved = scene.handler.patch(&path, &to("resolved")).is(200);
    assert_eq!(
        (&resolved["resolution"], &resolved["resolvedBy"]),
        (&json!("It works."), &json!(scene.handler.id))
    );
    assert_eq!(resolved["resolvedAt"], resolved["updatedAt"]);
});

for_each_database!(closed_is_final, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    let closed = scene.ticket_in(desk, "closed");
    let id = closed["id"].as_str().unwrap();
    let (history, messages) = (desk.history(id), desk.messages(id));
    let admin = desk.admin();
    let changes = [
        json!({ "subject": "x" }),
        json!({ "description": "x" }),
        json!({ "category": "loan" }),
        json!({ "priority": "urgent" }),
        json!({ "department": "Technical Support" }),
        json!({ "tags": ["x"] }),
    ];
    for change in changes {
        admin.patch(&path(id), &change).problem_of(409);
    }
    let post = |person: &Person, path: &str, body: Value| drop(person.post(path, &body).problem_of(409));
    for person in [&scene.customer, &scene.handler, &admin] {
        post(person, &format!("{}/messages", path(id)), json!({ "message": "One more thing." }));
    }
    let handler = &scene.handler.id;
    post(&admin, "/support/tickets/assign", json!({ "ticketId": id }));
    post(&admin, "/support/tickets/assign", json!({ "ticketId": id, "agentId": handler, "force": true }));
    post(&admin, "/support/tickets/escalate", json!({ "ticketId": id, "reason": "x" }));
    post(
        &admin,
        "/support/tickets/escalate",
        json!({ "ticketId": id, "reason": "x", "agentId": scene.above.id }),
    );
    post(&admin, &format!("{}/notify", path(id)), json!({ "to": "customer", "message": "x" }));
    for (action, body) in [
        ("assign", json!({ "agentId": handler })),
        ("resolve", json!({ "resolution": "x" })),
        ("status", json!({ "status": "in-progress" })),
        ("notify", json!({ "to": "agent", "message": "x" })),
        ("escalate", json!({ "reason": "x" })),
    ] {
        let body = with(body, json!({ "ticketIds": [id] }));
        let answer = admin.post(&format!("/support/tickets/bulk/{action}"), &body).is(200);
        assert_eq!(answer["results"][0]["error"]["status"], 409, "{action}: {answer}");
    }
    assert_eq!(desk.ticket(id), closed);
    assert_eq!((desk.history(id), desk.messages(id)), (history, messages));
});

for_each_database!(reopening_returns_to_the_handler, |desk: &mut Desk| {
    desk.department("Technical Support", 1, &["technical"]);
    let one = json!({ "capacity": 1 });
    let handler = desk.hire_with("Hana", "Technical Support", 1, one.clone());
    let above = desk.hire_with("Sonja", "Technical Support", 2, one);
    let customer = desk.customer(1);
    let (first, second) = (desk.open(&customer, "technical"), desk.open(&customer, "technical"));
    desk.assign(&first, &handler);
    assert_eq!(desk.load(&handler), (1, "busy".into()));
    desk.resolve(&handler, &first);
    assert_eq!(desk.load(&handler), (0, "available".into()));
    desk.assign(&second, &handler);

    // Over capacity, for the ticket is theirs.
    let reopened = customer.patch(&path(&first), &to("in-progress")).is(200);
    assert_eq!((&reopened["status"], &reopened["assignedTo"]), (&json!("in-progress"), &json!(handler.id)));
    assert_eq!(desk.load(&handler), (2, "busy".into()));
    assert_eq!(desk.actions(&first).last().unwrap(), "ticket_reopened");
    desk.resolve(&handler, &second);
    assert_eq!(desk.load(&handler), (1, "busy".into()));

    // The handler of an escalated ticket is the one it was escalated to, and stays that.
    desk.escalate(&first, &above);
    assert_eq!((desk.load(&handler).0, desk.load(&above).0), (0, 1));
    let resolved = desk.resolve(&above, &first);
    let reopened = customer.patch(&path(&first), &to("in-progress")).is(200);
    assert_eq!((desk.load(&handler).0, desk.load(&above).0), (0, 1));
    assert_eq!(reopened["escalatedTo"], json!(above.id), "{reopened}");
    assert!(reopened["version"].as_u64() > resolved["version"].as_u64());
    // Somebody who has gone away gets it back too: it is still theirs.
    desk.resolve(&above, &first);
    above.patch(&format!("/support/agents/{}", above.id), &json!({ "status": "away" })).is(200);
    customer.patch(&path(&first), &to("in-progress")).is(200);
    assert_eq!(desk.load(&above), (1, "away".into()));
});
