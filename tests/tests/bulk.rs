//! The same action on several tickets: one ticket's failure leaves the others standing.
#![cfg(test)]

use serde_json::{Value, json};
use support_tests::{Answer, Desk, Person, each, for_each_database, pointers, with};

const ABSENT: &str = "01900000-0000-7000-8000-0000ffffffff";

struct Scene {
    lou: Person,
    above: Person,
    /// Open, in progress, escalated, resolved and closed.
    tickets: Vec<String>,
}

fn set(desk: &Desk) -> Scene {
    desk.department("Technical Support", 1, &["technical"]);
    let lou = desk.hire("Lou", "Technical Support", 1);
    let above = desk.hire("Sonja", "Technical Support", 2);
    let customer = desk.customer(1);
    let tickets: Vec<String> = (0..5).map(|_| desk.open(&customer, "technical")).collect();
    tickets[1..].iter().for_each(|ticket| drop(desk.assign(ticket, &lou)));
    desk.escalate(&tickets[2], &above);
    tickets[3..].iter().for_each(|ticket| drop(desk.resolve(&lou, ticket)));
    customer.patch(&format!("/support/tickets/{}", tickets[4]), &json!({ "status": "closed" })).is(200);
    Scene { lou, above, tickets }
}

/// Does it to all tickets and an absent one; answers the codes of the errors, empty where it was done.
#[track_caller]
fn bulk(desk: &Desk, tickets: &[String], action: &str, body: Value) -> Vec<String> {
    let ids: Vec<&str> = tickets.iter().map(String::as_str).chain([ABSENT]).collect();
    let before: Vec<Value> = tickets.iter().map(|id| desk.ticket(id)).collect();
    let body = with(body, json!({ "ticketIds": ids }));
    let answer = desk.admin().post(&format!("/support/tickets/bulk/{action}"), &body).is(200);
    let results = answer["results"].as_array().unwrap();
    assert_eq!(each(results, "ticketId"), ids, "in the order of the request");
    let succeeded = results.iter().filter(|result| result["ok"] == true).count();
    assert_eq!(
        (&answer["succeeded"], &answer["failed"]),
        (&json!(succeeded), &json!(6 - succeeded)),
        "{answer}"
    );
    for (result, before) in results.iter().zip(&before) {
        let now = desk.ticket(before["id"].as_str().unwrap());
        if result["ok"] == true {
            assert_eq!(result["ticket"], now, "{action}: the ticket as it is now");
            assert!(result.get("error").is_none_or(Value::is_null), "{result}");
        } else {
            assert_eq!(&now, before, "{action}: it failed and changed nothing");
            assert!(result.get("ticket").is_none_or(Value::is_null), "{result}");
            assert!(
                result["error"]["title"].is_string() && result["error"]["detail"].is_string(),
                "{result}"
            );
        }
    }
    assert_eq!(results[5]["error"]["status"], 404, "{answer}");
    results[..5].iter().map(|result| support_tests::text(&result["error"]["code"])).collect()
}

for_each_database!(each_action_does_what_it_can, |desk: &mut Desk| {
    let Scene { lou, above, tickets } = set(desk);
    let codes = bulk(desk, &tickets, "assign", json!({ "agentId": lou.id }));
    assert_eq!(codes[..3], ["", "", ""]);
    assert!(codes[3..].iter().all(|code| !code.is_empty()), "{codes:?}");
    assert_eq!((desk.load(&lou).0, desk.load(&above).0), (3, 0));

    let codes = bulk(desk, &tickets, "escalate", json!({ "reason": "too hard", "agentId": above.id }));
    assert_eq!(codes, ["", "", "", "invalid_transition", "invalid_transition"]);
    assert_eq!((desk.load(&lou).0, desk.load(&above).0), (0, 3));

    let codes = bulk(desk, &tickets, "status", json!({ "status": "in-progress" }));
    assert_eq!(codes, ["", "", "", "", "invalid_transition"]);
    assert_eq!((desk.load(&lou).0, desk.load(&above).0), (1, 3), "the resolved one is back with Lou");

    let codes = bulk(desk, &tickets, "notify", json!({ "to": "customer", "message": "We are on it." }));
    assert_eq!(codes[..4], ["", "", "", ""]);
    assert!(!codes[4].is_empty());

    let codes = bulk(desk, &tickets, "resolve", json!({ "resolution": "It works." }));
    assert_eq!(codes, ["", "", "", "", "invalid_transition"]);
    assert_eq!((desk.load(&lou).0, desk.load(&above).0), (0, 0));

    let codes = bulk(desk, &tickets, "status", json!({ "status": "closed" }));
    assert_eq!(codes, ["", "", "", "", "invalid_transition"]);
    // What a single action writes, the bulk action writes for each ticket.
    assert_eq!(
        desk.actions(&tickets[1])[3..],
        ["ticket_escalated", "status_changed", "notification_sent", "ticket_resolved", "ticket_closed"]
    );
});

for_each_database!(by_rule_until_nobody_has_room, |desk: &mut Desk| {
    desk.department("Technical Support", 1, &["technical"]);
    let small = desk.hire_with("Small", "Technical Support", 1, json!({ "capacity": 2 }));
    let ids: Vec<String> = (0..3).map(|_| desk.open(&desk.customer(1), "technical")).collect();
    let answer = desk.admin().post("/support/tickets/bulk/assign", &json!({ "ticketIds": ids })).is(200);
    let statuses: Vec<&Value> =
        ids.iter().enumerate().map(|(n, _)| &answer["results"][n]["ticket"]["status"]).collect();
    // The last one waits, as it does when it is assigned by itself.
    assert_eq!(statuses, ["in-progress", "in-progress", "open"]);
    assert_eq!(desk.load(&small), (2, "busy".into()));
    let more = desk.open(&desk.customer(1), "technical");
    let named = json!({ "ticketIds": [ids[2], more], "agentId": small.id });
    let answer = desk.admin().post("/support/tickets/bulk/assign", &named).is(200);
    assert_eq!(answer["results"][1]["error"]["code"], "agent_at_capacity");
    let forced = with(named, json!({ "force": true }));
    assert_eq!(desk.admin().post("/support/tickets/bulk/assign", &forced).is(200)["succeeded"], 2);
    assert_eq!(desk.load(&small).0, 4);
});

for_each_database!(as_many_as_five_hundred, |desk: &mut Desk| {
    let Scene { tickets, .. } = set(desk);
    let admin = desk.admin();
    let path = "/support/tickets/bulk/notify";
    let body = |ids: Value| json!({ "ticketIds": ids, "to": "customer", "message": "x" });
    let absent =
        |count: usize| (0..count).map(|n| format!("01900000-0000-7000-8000-{n:012x}")).collect::<Vec<_>>();
    let answer = admin.post(path, &body(json!(absent(500)))).is(200);
    assert_eq!((&answer["succeeded"], &answer["failed"]), (&json!(0), &json!(500)));
    let everything = desk.everything();
    for wrong in [
        json!([]),
        json!(absent(501)),
        json!(tickets[0]),
        json!([1]),
        json!([null]),
        json!(["x"]),
        json!(null),
    ] {
        let problem = admin.post(path, &body(wrong)).problem_of(422);
        assert!(pointers(&problem)[0].starts_with("/ticketIds"), "{problem}");
    }
    for (action, wrong) in [
        ("assign", json!({ "agentId": 7 })),
        ("resolve", json!({})),
        ("resolve", json!({ "resolution": " " })),
        ("status", json!({ "status": "done" })),
        ("status", json!({ "status": "resolved" })),
        ("status", json!({})),
        ("notify", json!({ "to": "customer" })),
        ("escalate", json!({})),
        ("escalate", json!({ "reason": "x", "tier": 9 })),
    ] {
        let body = with(wrong, json!({ "ticketIds": [tickets[0]] }));
        admin.post(&format!("/support/tickets/bulk/{action}"), &body).problem_of(422);
    }
    assert_eq!(desk.everything(), everything);
    // By their numbers as well.
    let number = desk.ticket(&tickets[1])["ticketNumber"].clone();
    assert_eq!(admin.post(path, &body(json!([number]))).is(200)["succeeded"], 1);
    admin.post("/support/tickets/bulk/explode", &body(json!(tickets))).problem_of(404);
});
