//! Single tickets.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::world::{World, admin, agent, customer, request, snapshot};

#[actix_web::test]
async fn customers_open_tickets_for_themselves() {
    let (world, _) = World::staffed().await;
    let body = json!({
        "subject": " Card ate my pin ", "description": "It is gone.\r\nHelp.", "category": "TECHNICAL",
        "priority": "High", "department": "technical support", "tags": ["VIP", "vip", "card"],
    });
    let created = world.post(&customer(1), "/support/tickets", &body).await;
    snapshot!("ticket_created", created);
    let location = created.header("location").unwrap();
    assert_eq!(world.get(&customer(1), &location).await.expect(200).json(), created.json());
    for_others(&world, &location).await;
}

async fn for_others(world: &World, location: &str) {
    assert_eq!(world.get(&customer(2), location).await.problem(404), "not_found");
    let for_another = json!({
        "subject": "x", "description": "y", "category": "loan", "customer": {"name": "Z", "email": "z@example.com"},
    });
    assert_eq!(world.post(&customer(1), "/support/tickets", &for_another).await.problem(403), "forbidden");
    let opened = world.post(&admin(), "/support/tickets", &for_another).await.expect(201);
    assert_eq!(opened.text("/customerEmail"), "z@example.com");
}

#[actix_web::test]
async fn everything_wrong_with_a_new_ticket_is_named() {
    let (world, _) = World::staffed().await;
    let body = json!({
        "subject": " ", "category": "cards", "priority": 3, "tags": ["a,b", 7], "customer": {"email": "x"},
        "autoAssign": "yes", "colour": "red",
    });
    snapshot!("ticket_invalid", world.post(&admin(), "/support/tickets", &body).await);
    let unknown = json!({"subject": "x", "description": "y", "category": "loan", "department": "Space"});
    assert_eq!(world.post(&customer(1), "/support/tickets", &unknown).await.pointers(), ["/department"]);
}

#[actix_web::test]
async fn a_repeated_request_is_answered_with_the_first_ticket() {
    let (world, _) = World::staffed().await;
    let send = async |token: &str, key: &str, body: &Value| {
        let request =
            request(Method::POST, token, "/support/tickets").insert_header(("Idempotency-Key", key));
        world.send(request.set_json(body)).await
    };
    let body = json!({"subject": "x", "description": "y", "category": "loan"});
    let first = send(&customer(1), "k1", &body).await.expect(201);
    let again = send(&customer(1), "k1", &body).await.expect(201);
    assert_eq!((again.json(), again.header("location")), (first.json(), first.header("location")));
    assert_eq!(
        (first.header("idempotency-replayed"), again.header("idempotency-replayed").as_deref()),
        (None, Some("true"))
    );
    let other = json!({"subject": "other", "description": "y", "category": "loan"});
    assert_eq!(send(&customer(1), "k1", &other).await.problem(422), "idempotency_key_reused");
    assert_ne!(send(&customer(2), "k1", &body).await.expect(201).text("/id"), first.text("/id"));
    assert_eq!(send(&customer(1), &"k".repeat(256), &body).await.problem(400), "malformed_request");
}

#[actix_web::test]
async fn versions_are_entity_tags() {
    let (world, _) = World::staffed().await;
    let id = world.ticket("First").await;
    let path = format!("/support/tickets/{id}");
    let read = world.get(&customer(1), "/support/tickets/tkt-2026-001").await.expect(200);
    assert_eq!((read.text("/id"), read.header("etag").as_deref()), (id, Some("\"1\"")));
    let copy = |tag: &str| request(Method::GET, &admin(), &path).insert_header(("If-None-Match", tag));
    let unchanged = world.send(copy("W/\"1\"")).await.expect(304);
    assert!(unchanged.bytes.is_empty() && unchanged.header("etag").as_deref() == Some("\"1\""));
    world.send(copy("\"0\", \"2\"")).await.expect(200);
    let change = |tag: &str, subject: &str| {
        let request = request(Method::PATCH, &admin(), &path).insert_header(("If-Match", tag));
        request.set_json(json!({"subject": subject}))
    };
    assert_eq!(
        world.send(change("\"1\"", "Second")).await.expect(200).header("etag").as_deref(),
        Some("\"2\"")
    );
    snapshot!("ticket_version_mismatch", world.send(change("\"1\"", "Third")).await);
    for lost in ["W/\"2\"", "\"x\"", "\"3\", \"4\""] {
        assert_eq!(world.send(change(lost, "Third")).await.problem(412), "version_mismatch", "{lost}");
    }
    assert_eq!(world.send(change("2", "Third")).await.problem(400), "malformed_request");
    world.send(change("\"1\", \"2\"", "Third")).await.expect(200);
    world.send(change("*", "Fourth")).await.expect(200);
}

#[actix_web::test]
async fn a_ticket_is_worked_on_to_its_end() {
    let (world, staff) = World::staffed().await;
    let id = world.ticket("Broken").await;
    let path = format!("/support/tickets/{id}");
    let (tara, tom) = (agent(&staff.tara), agent(&staff.tom));
    assert_eq!(world.get(&tara, &path).await.problem(404), "not_found", "not hers yet");
    let assign = json!({"ticketId": id});
    snapshot!("ticket_assigned", world.post(&admin(), "/support/tickets/assign", &assign).await);
    world.wait(5);
    assert_eq!(
        world.patch(&tara, &path, &json!({"priority": "urgent"})).await.expect(200).text("/priority"),
        "urgent"
    );
    let escalate = json!({"ticketId": "TKT-2026-001", "reason": "Too hard"});
    snapshot!("ticket_escalated", world.post(&tara, "/support/tickets/escalate", &escalate).await);
    let resolve = json!({"status": "resolved", "resolution": "Turned it off and on."});
    world.wait(5);
    snapshot!("ticket_resolved", world.patch(&tom, &path, &resolve).await);
    assert_eq!(world.patch(&customer(1), &path, &json!({"subject": "x"})).await.problem(403), "forbidden");
    assert_eq!(
        world.patch(&customer(1), &path, &json!({"status": "closed"})).await.expect(200).text("/status"),
        "closed"
    );
    snapshot!(
        "ticket_closed_is_final",
        world.patch(&admin(), &path, &json!({"status": "in_progress"})).await
    );
    let history = world.get(&admin(), &format!("{path}/history")).await;
    let (hashes, previous) = (history.items("hash"), history.items("previousHash"));
    assert_eq!((&hashes[..hashes.len() - 1], &previous[0]), (&previous[1..], &json!("0".repeat(64))));
    // How a store computes its hashes is its own business.
    insta::assert_json_snapshot!("ticket_history", history.shown(), {
        ".body.items[].hash" => "(hash)",
        ".body.items[].previousHash" => "(hash)",
    });
    assert_eq!(world.get(&customer(1), &format!("{path}/history")).await.problem(403), "forbidden");
    let verified = world.get(&admin(), "/support/tickets/TKT-2026-001/history/verify").await.expect(200);
    assert_eq!(verified.json(), json!({"ticketId": id, "ok": true, "entries": hashes.len()}));
    for token in [customer(1), tara] {
        assert_eq!(world.get(&token, &format!("{path}/history/verify")).await.problem(403), "forbidden");
    }
    let absent = "/support/tickets/TKT-2026-999/history/verify";
    assert_eq!(world.get(&admin(), absent).await.problem(404), "not_found");
    assert_eq!(
        world.get(&admin(), &format!("{path}/history/verify?x=1")).await.problem(422),
        "validation_failed"
    );
    snapshot!("ticket_messages_of_the_system", world.get(&customer(1), &format!("{path}/messages")).await);
}

#[actix_web::test]
async fn changes_obey_the_rules() {
    let (world, staff) = World::staffed().await;
    let id = world.ticket("Broken").await;
    let path = format!("/support/tickets/{id}");
    let before = world.get(&admin(), &path).await.json();
    assert_eq!(world.patch(&admin(), &path, &json!({})).await.expect(200).json(), before);
    let bare = world.patch(&admin(), &path, &json!({"status": "in-progress"})).await;
    assert_eq!(bare.problem(409), "assignee_required");
    let unresolved = world.patch(&admin(), &path, &json!({"status": "resolved"})).await;
    assert_eq!(unresolved.pointers(), ["/resolution"]);
    for null in ["subject", "department", "status"] {
        assert_eq!(world.patch(&admin(), &path, &json!({null: null})).await.pointers(), [format!("/{null}")]);
    }
    let assign = |agent: &str| json!({"ticketId": id, "agentId": agent});
    let by_agent = world.post(&agent(&staff.tara), "/support/tickets/assign", &assign(&staff.tara)).await;
    assert_eq!(by_agent.problem(403), "forbidden");
    let nobody = world
        .post(&admin(), "/support/tickets/assign", &assign("00000000-0000-7000-8000-00000000ffff"))
        .await;
    assert_eq!(nobody.pointers(), ["/agentId"]);
    let away = format!("/support/agents/{}", staff.bea);
    world.patch(&agent(&staff.bea), &away, &json!({"status": "away"})).await.expect(200);
    let refused = world.post(&admin(), "/support/tickets/assign", &assign(&staff.bea)).await;
    assert_eq!(refused.problem(409), "agent_away");
    let absent = json!({"ticketId": "TKT-2026-999", "agentId": staff.tara});
    assert_eq!(world.post(&admin(), "/support/tickets/assign", &absent).await.problem(404), "not_found");
}

#[actix_web::test]
async fn lists_are_filtered_sorted_and_cut_into_pages() {
    let (world, staff) = World::staffed().await;
    for n in 1..=5 {
        world.ticket(&format!("Fault {n}")).await;
        world.wait(1);
    }
    world.post(&admin(), "/support/tickets/assign", &json!({"ticketId": "TKT-2026-002"})).await.expect(200);
    let list = async |query: &str| world.get(&admin(), &format!("/support/tickets{query}")).await.expect(200);
    snapshot!("ticket_list", list("?limit=1&status=in-progress").await);
    let first = list("?limit=2&sort=createdAt").await;
    assert_eq!(first.items("subject"), ["Fault 1", "Fault 2"]);
    let next = list(&format!("?limit=2&sort=createdAt&cursor={}", first.text("/nextCursor"))).await;
    assert_eq!(next.items("subject"), ["Fault 3", "Fault 4"]);
    let last = list(&format!("?limit=2&sort=createdAt&cursor={}", next.text("/nextCursor"))).await;
    assert_eq!(
        (last.items("subject"), last.json()["nextCursor"].clone()),
        (vec![json!("Fault 5")], Value::Null)
    );
    assert_eq!(list("?limit=2&page=3").await.items("subject"), ["Fault 1"]);
    assert_eq!(list("?unassigned=true&q=FAU+3").await.items("subject"), ["Fault 3"]);
    assert_eq!(list(&format!("?assignedTo={}", staff.tara)).await.items("subject"), ["Fault 2"]);
    assert_eq!(list("?department=Space").await.items("subject"), Vec::<Value>::new());
    assert_eq!(list("?createdTo=2026-11-23").await.json()["total"], json!(0));
    assert_eq!(list("?createdFrom=2026-11-24&createdTo=2026-11-24").await.json()["total"], json!(5));
    let foreign = world.get(&customer(2), "/support/tickets").await.expect(200);
    assert_eq!(foreign.json(), json!({"items": [], "nextCursor": null, "total": 0, "totalIsExact": true}));
    let tara = world.get(&agent(&staff.tara), "/support/tickets").await.expect(200);
    assert_eq!(tara.items("subject"), ["Fault 2"]);
    let bad = world.get(&admin(), "/support/tickets?status=new&limit=0&cursor=x&order=asc").await;
    snapshot!("ticket_list_invalid", bad);
}

#[actix_web::test]
async fn figures_are_for_staff() {
    let (world, staff) = World::staffed().await;
    let id = world.assigned_ticket("Broken", &staff.tara).await;
    world.wait(10);
    let path = format!("/support/tickets/{id}");
    world
        .post(&agent(&staff.tara), &format!("{path}/messages"), &json!({"message": "Hello"}))
        .await
        .expect(201);
    world.wait(10);
    world
        .patch(&agent(&staff.tara), &path, &json!({"status": "resolved", "resolution": "Done"}))
        .await
        .expect(200);
    world.ticket("Also broken").await;
    snapshot!("ticket_stats", world.get(&admin(), "/support/tickets/stats").await);
    let own = world
        .get(&agent(&staff.tara), "/support/tickets/stats?from=2026-11-24&to=2026-11-24")
        .await
        .expect(200);
    assert_eq!(own.json()["total"], json!(1));
    let none = world.get(&admin(), "/support/tickets/stats?department=Billing").await.expect(200);
    assert_eq!(none.json()["total"], json!(0));
    assert_eq!(world.get(&customer(1), "/support/tickets/stats").await.problem(403), "forbidden");
    assert_eq!(
        world.get(&admin(), "/support/tickets/stats?from=x&group=day").await.pointers(),
        ["/from", "/group"]
    );
}

#[actix_web::test]
async fn histories_are_cut_into_pages() {
    let (world, staff) = World::staffed().await;
    let id = world.assigned_ticket("Broken", &staff.tara).await;
    let path = format!("/support/tickets/{id}/history?limit=2");
    let first = world.get(&agent(&staff.tara), &path).await.expect(200);
    assert_eq!(first.items("action"), ["ticket_created", "ticket_assigned"]);
    let next = format!("{path}&cursor={}", first.text("/nextCursor"));
    let second = world.get(&agent(&staff.tara), &next).await.expect(200);
    assert_eq!(
        (second.items("action"), second.json()["nextCursor"].clone()),
        (vec![json!("status_changed")], Value::Null)
    );
}
