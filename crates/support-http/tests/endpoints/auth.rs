//! Logins and tokens.

use actix_web::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::world::{Answer, World, admin, customer, request, snapshot};

async fn with_login() -> World {
    let (world, _) = World::staffed().await;
    let body = json!({
        "name": "Zoe", "email": "zoe@example.com", "department": "Billing", "password": "correct horse",
    });
    world.post(&admin(), "/support/agents", &body).await.expect(201);
    world
}

async fn login(world: &World, email: &str, password: &str) -> Answer {
    world.post("", "/auth/login", &json!({"email": email, "password": password})).await
}

async fn refresh(world: &World, token: &str) -> Answer {
    world.post("", "/auth/refresh", &json!({"refreshToken": token})).await
}

#[actix_web::test]
async fn a_login_gives_a_token_that_works() {
    let world = with_login().await;
    let session = login(&world, "ZOE@example.com", "correct horse").await.expect(200);
    assert_eq!(session.header("cache-control").as_deref(), Some("no-store"));
    let mut shown = session.shown();
    for secret in ["accessToken", "refreshToken"] {
        shown["body"][secret] = json!("(secret)");
    }
    insta::assert_json_snapshot!("login", shown);
    let me = world.get(&session.text("/accessToken"), "/auth/me").await.expect(200);
    assert_eq!(me.json(), session.json()["user"]);
    world.clock.advance(TimeDelta::minutes(16));
    assert_eq!(world.get(&session.text("/accessToken"), "/auth/me").await.problem(401), "expired_token");
}

#[actix_web::test]
async fn a_wrong_password_and_an_unknown_address_look_the_same() {
    let world = with_login().await;
    let wrong = login(&world, "zoe@example.com", "wrong horse").await;
    snapshot!("login_refused", wrong);
    let unknown = login(&world, "nobody@example.com", "correct horse").await;
    // Tara has no password.
    let without = login(&world, "tara@example.com", "correct horse").await;
    assert_eq!((unknown.shown(), without.shown()), (wrong.shown(), wrong.shown()));
    let bad = world.post("", "/auth/login", &json!({"email": "zoe", "password": 7, "otp": "1"})).await;
    assert_eq!(bad.pointers(), ["/email", "/password", "/otp"]);
}

#[actix_web::test]
async fn refresh_tokens_rotate_and_a_stolen_one_ends_the_session() {
    let world = with_login().await;
    let first = login(&world, "zoe@example.com", "correct horse").await.text("/refreshToken");
    let second = refresh(&world, &first).await.expect(200);
    world.get(&second.text("/accessToken"), "/auth/me").await.expect(200);
    let third = refresh(&world, &second.text("/refreshToken")).await.expect(200).text("/refreshToken");
    assert_eq!(refresh(&world, &first).await.problem(401), "invalid_session");
    assert_eq!(refresh(&world, &third).await.problem(401), "invalid_session", "the family is revoked");
    assert_eq!(refresh(&world, "made up").await.problem(401), "invalid_session");
}

#[actix_web::test]
async fn a_logout_ends_the_session() {
    let world = with_login().await;
    let token = login(&world, "zoe@example.com", "correct horse").await.text("/refreshToken");
    let logout = async || world.post("", "/auth/logout", &json!({"refreshToken": token})).await.expect(204);
    assert!(logout().await.bytes.is_empty());
    assert_eq!(refresh(&world, &token).await.problem(401), "invalid_session");
    logout().await;
    let expiring = login(&world, "zoe@example.com", "correct horse").await.text("/refreshToken");
    world.clock.advance(TimeDelta::days(31));
    assert_eq!(refresh(&world, &expiring).await.problem(401), "invalid_session");
}

#[actix_web::test]
async fn authentication_comes_before_everything_else() {
    let world = World::empty().await;
    snapshot!("token_missing", world.get("", "/support/tickets").await);
    snapshot!("token_invalid", world.get("x.y.z", "/support/tickets").await);
    let protected = [
        (Method::GET, "/support/tickets?nonsense=1"),
        (Method::POST, "/support/tickets"),
        (Method::PATCH, "/support/tickets/nonsense"),
        (Method::POST, "/support/tickets/assign"),
        (Method::POST, "/support/tickets/bulk/resolve"),
        (Method::GET, "/support/agents/nonsense"),
        (Method::POST, "/support/departments"),
        (Method::GET, "/support/notifications"),
        (Method::GET, "/auth/me"),
    ];
    for (method, path) in protected {
        let answer = world.send(request(method, "", path).set_payload("not JSON")).await;
        assert_eq!(answer.problem(401), "unauthenticated", "{path}");
        assert_eq!(answer.header("www-authenticate").as_deref(), Some("Bearer"), "{path}");
    }
    let twice = request(Method::GET, &admin(), "/auth/me").append_header(("Authorization", "Bearer x"));
    assert_eq!(world.send(twice).await.problem(401), "unauthenticated");
}

#[actix_web::test]
async fn a_token_says_who_somebody_is() {
    let world = World::empty().await;
    let me = world.get(&customer(3), "/auth/me").await.expect(200);
    let body: Value = json!({
        "id": "00000000-0000-0000-0000-000000000003", "role": "customer", "name": "Customer 3",
        "email": "customer3@example.com", "phone": "",
    });
    assert_eq!(me.json(), body);
}
