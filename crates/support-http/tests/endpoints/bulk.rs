//! The same action on several tickets.

use serde_json::{Value, json};

use crate::world::{World, admin, agent, customer, snapshot};

fn outcomes(body: &Value) -> Vec<(bool, String)> {
    let results = body["results"].as_array().unwrap();
    let outcome = |result: &Value| {
        let text = |pointer: &str| result.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        (result["ok"] == json!(true), text("/ticket/status").or(text("/error/code")).unwrap())
    };
    results.iter().map(outcome).collect()
}

fn ok(status: &str) -> (bool, String) {
    (true, status.to_owned())
}

fn failed(code: &str) -> (bool, String) {
    (false, code.to_owned())
}

#[actix_web::test]
async fn one_failure_leaves_the_others_standing() {
    let (world, staff) = World::staffed().await;
    for subject in ["One", "Two"] {
        world.ticket(subject).await;
    }
    let all = json!(["TKT-2026-002", "TKT-2026-009", "TKT-2026-001"]);
    let post = async |action: &str, body: Value| {
        world.post(&admin(), &format!("/support/tickets/bulk/{action}"), &body).await.expect(200)
    };
    let assigned = post("assign", json!({"ticketIds": all, "agentId": staff.tara})).await;
    snapshot!("bulk_assigned", assigned);
    let told = post("notify", json!({"ticketIds": all, "to": "customer", "message": "Hello"})).await.json();
    assert_eq!(outcomes(&told), [ok("in-progress"), failed("not_found"), ok("in-progress")]);
    let escalated =
        post("escalate", json!({"ticketIds": ["TKT-2026-001"], "reason": "Hard", "tier": 2})).await.json();
    assert_eq!(outcomes(&escalated), [ok("escalated")]);
    let resolved = post("resolve", json!({"ticketIds": all, "resolution": "Done"})).await.json();
    assert_eq!(outcomes(&resolved), [ok("resolved"), failed("not_found"), ok("resolved")]);
    let closed = post("status", json!({"ticketIds": all, "status": "closed"})).await.json();
    assert_eq!(outcomes(&closed), [ok("closed"), failed("not_found"), ok("closed")]);
    let again = post("status", json!({"ticketIds": all, "status": "closed"})).await.json();
    assert_eq!((again["succeeded"].clone(), again["failed"].clone()), (json!(0), json!(3)));
    assert_eq!(outcomes(&again)[0], failed("invalid_transition"));
}

#[actix_web::test]
async fn agents_act_on_what_they_handle() {
    let (world, staff) = World::staffed().await;
    let own = world.assigned_ticket("Own", &staff.tara).await;
    let foreign = world.assigned_ticket("Foreign", &staff.tom).await;
    let body = json!({"ticketIds": [foreign, own], "resolution": "Done"});
    let resolved = world.post(&agent(&staff.tara), "/support/tickets/bulk/resolve", &body).await.expect(200);
    assert_eq!(outcomes(&resolved.json()), [failed("not_found"), ok("resolved")]);
}

#[actix_web::test]
async fn the_whole_request_may_be_at_fault() {
    let (world, staff) = World::staffed().await;
    for action in ["assign", "resolve", "status", "notify", "escalate"] {
        let path = format!("/support/tickets/bulk/{action}");
        assert_eq!(world.post(&customer(1), &path, &json!(7)).await.problem(403), "forbidden", "{action}");
        let none = world.post(&admin(), &path, &json!({"ticketIds": [], "x": 1})).await;
        let pointers = none.pointers();
        assert!(
            pointers.contains(&"/ticketIds".to_owned()) && pointers.contains(&"/x".to_owned()),
            "{action}"
        );
    }
    let by_agent = world.post(&agent(&staff.tara), "/support/tickets/bulk/assign", &json!({})).await;
    assert_eq!(by_agent.problem(403), "forbidden");
}
