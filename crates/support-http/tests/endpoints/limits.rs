//! How often callers may come.

use actix_web::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::world::{Answer, World, admin, customer, request};

fn ticket() -> Value {
    json!({"subject": "No card", "description": "It never came.", "category": "general"})
}

/// Every header that says something of limits.
fn told(answer: &Answer) -> Vec<(&'static str, String)> {
    let names = [
        "ratelimit-policy",
        "ratelimit",
        "ratelimit-limit",
        "ratelimit-remaining",
        "ratelimit-reset",
        "retry-after",
    ];
    names.into_iter().filter_map(|name| Some((name, answer.header(name)?))).collect()
}

#[actix_web::test]
async fn callers_are_told_what_is_left() {
    let world = World::empty().await;
    let created = world.post(&customer(1), "/support/tickets", &ticket()).await.expect(201);
    let expected = [
        ("ratelimit-policy", "\"tickets-account\";q=1000;w=100, \"tickets-address\";q=10000;w=50"),
        ("ratelimit", "\"tickets-account\";r=999;t=1, \"tickets-address\";r=9999;t=1"),
        ("ratelimit-limit", "1000"),
        ("ratelimit-remaining", "999"),
        ("ratelimit-reset", "1"),
    ];
    assert_eq!(told(&created), expected.map(|(name, value)| (name, value.to_owned())));
    let id = created.text("/id");
    assert!(told(&world.get(&customer(1), &format!("/support/tickets/{id}")).await).is_empty());
    let sent = world
        .post(&customer(1), &format!("/support/tickets/{id}/messages"), &json!({"message": "Hello?"}))
        .await;
    assert_eq!(sent.expect(201).header("ratelimit-limit").as_deref(), Some("1000"));
    let logout = world.post("", "/auth/logout", &json!({"refreshToken": "made up"})).await.expect(204);
    assert_eq!(logout.header("ratelimit-remaining").as_deref(), Some("599"));
}

#[actix_web::test]
async fn who_creates_without_end_is_told_to_wait() {
    let world = World::empty().await;
    // What does not fit counts as well: it is judged before it is read.
    for _ in 0..1_000 {
        assert_eq!(world.post(&customer(1), "/support/tickets", &json!({})).await.status, 422);
    }
    let refused = world.post(&customer(1), "/support/tickets", &ticket()).await;
    assert_eq!(refused.problem(429), "rate_limited");
    assert_eq!(refused.text("/detail"), "too many requests; try again in 1 second");
    assert_eq!(refused.header("retry-after").as_deref(), Some("1"));
    assert_eq!(refused.header("ratelimit-remaining").as_deref(), Some("0"));
    world.post(&customer(2), "/support/tickets", &ticket()).await.expect(201);
    let broken = request(Method::POST, &customer(1), "/support/tickets").set_payload("not JSON");
    assert_eq!(world.send(broken).await.status, 429, "its body is not read");
    let metrics = String::from_utf8(world.get("", "/metrics").await.bytes).expect("text");
    assert!(metrics.contains("support_http_rate_limited_total{limit=\"tickets-account\"} 2"), "{metrics}");
    world.clock.advance(TimeDelta::seconds(1));
    world.post(&customer(1), "/support/tickets", &ticket()).await.expect(201);
}

#[actix_web::test]
async fn without_a_good_token_nothing_is_counted() {
    let world = World::empty().await;
    let nobody = world.post("", "/support/tickets", &ticket()).await;
    assert_eq!((nobody.problem(401), told(&nobody)), ("unauthenticated".to_owned(), Vec::new()));
}

#[actix_web::test]
async fn wrong_passwords_are_limited_and_look_the_same_for_every_account() {
    let (world, _) = World::staffed().await;
    let zoe = json!({
        "name": "Zoe", "email": "zoe@example.com", "department": "Billing", "password": "correct horse",
    });
    world.post(&admin(), "/support/agents", &zoe).await.expect(201);
    let login = async |email: &str, password: &str| {
        world.post("", "/auth/login", &json!({"email": email, "password": password})).await
    };
    let first = login("zoe@example.com", "correct horse").await.expect(200);
    assert_eq!(first.header("ratelimit-remaining").as_deref(), Some("10"), "a right one is given back");
    for _ in 0..10 {
        let wrong = login("zoe@example.com", "wrong horse").await;
        let unknown = login("nobody@example.com", "wrong horse").await;
        assert_eq!((wrong.problem(401), unknown.problem(401)), (unknown.problem(401), wrong.problem(401)));
        let left = |answer: &Answer| answer.header("ratelimit").map(|text| text[..19].to_owned());
        assert_eq!(left(&wrong), left(&unknown));
    }
    for email in ["zoe@example.com", "ZOE@example.com", "nobody@example.com"] {
        let refused = login(email, "correct horse").await;
        assert_eq!(refused.problem(429), "rate_limited");
        assert_eq!(refused.header("retry-after").as_deref(), Some("2"), "{email}");
    }
    world.clock.advance(TimeDelta::seconds(2));
    login("zoe@example.com", "correct horse").await.expect(200);
}
