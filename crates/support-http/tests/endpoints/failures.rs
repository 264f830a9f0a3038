//! What callers get who ask in a way that cannot be answered.

use actix_web::http::Method;
use actix_web::http::header::CONTENT_TYPE;
use serde_json::json;

use crate::world::{World, admin, customer, request, snapshot};

#[actix_web::test]
async fn unknown_addresses_and_methods() {
    let world = World::empty().await;
    snapshot!("address_unknown", world.get("", "/support/nonsense").await);
    for path in [
        "/nonsense",
        "/support/tickets/",
        "/support/tickets/1/2/3",
        "/Support/tickets",
        "/support//tickets",
        "/%ff",
    ] {
        assert_eq!(world.get(&admin(), path).await.problem(404), "not_found", "{path}");
    }
    let methods = [
        (Method::DELETE, "/support/tickets", "GET, HEAD, POST"),
        (Method::PUT, "/support/tickets/x", "GET, HEAD, PATCH"),
        (Method::GET, "/support/tickets/assign", "POST"),
        (Method::OPTIONS, "/auth/login", "POST"),
        (Method::TRACE, "/healthz", "GET, HEAD"),
        (Method::from_bytes(b"BREW").unwrap(), "/metrics", "GET, HEAD"),
    ];
    for (method, path, allowed) in methods {
        let answer = world.send(request(method.clone(), "", path)).await;
        assert_eq!(answer.problem(405), "method_not_allowed", "{method} {path}");
        assert_eq!(answer.header("allow").as_deref(), Some(allowed), "{method} {path}");
    }
    snapshot!("method_unknown", world.send(request(Method::DELETE, "", "/support/tickets/stats")).await);
}

#[actix_web::test]
async fn bodies_that_cannot_be_read() {
    let world = World::empty().await;
    let send = async |kind: &'static str, body: Vec<u8>| {
        let request =
            request(Method::POST, &customer(1), "/support/tickets").insert_header((CONTENT_TYPE, kind));
        world.send(request.set_payload(body)).await
    };
    snapshot!("body_broken", send("application/json", b"{\"subject\": ".to_vec()).await);
    snapshot!("body_of_another_type", send("text/plain", b"{}".to_vec()).await);
    for broken in [&b""[..], b"{\"subject\": \"\xff\"}", b"{'a': 1}", b"{} {}", b"\xEF\xBB\xBF{}", b"1e999"] {
        assert_eq!(
            send("application/json", broken.to_vec()).await.problem(400),
            "malformed_request",
            "{broken:?}"
        );
    }
    assert_eq!(send("application/json", vec![b'['; 100_000]).await.problem(400), "malformed_request");
    assert_eq!(send("application/json", vec![b' '; 300_000]).await.problem(413), "payload_too_large");
    for other in ["null", "[]", "\"x\"", "7", "true"] {
        assert_eq!(send("application/json", other.as_bytes().to_vec()).await.pointers(), [""], "{other}");
    }
    let none = world.send(request(Method::POST, &customer(1), "/support/tickets")).await;
    assert_eq!(none.problem(415), "unsupported_media_type");
}

#[actix_web::test]
async fn queries_that_cannot_be_read() {
    let world = World::empty().await;
    assert_eq!(world.get(&admin(), "/support/tickets?q=%FF").await.problem(400), "malformed_request");
    let long = format!("/support/tickets?q={}", "x".repeat(40_000));
    assert_eq!(world.get(&admin(), &long).await.problem(414), "uri_too_long");
    let id = world.ticket("Broken").await;
    assert_eq!(world.get(&admin(), &format!("/support/tickets/{id}?expand=1")).await.pointers(), ["/expand"]);
    let posted = world.post(&admin(), "/support/tickets/assign?force=true", &json!({"ticketId": id})).await;
    assert_eq!(posted.pointers(), ["/force"]);
    assert_eq!(world.post("", "/auth/login?email=x", &json!({})).await.pointers(), ["/email"]);
    world.get(&admin(), "/support/tickets?q=%00%01%F0%9F%98%80").await.expect(200);
}

#[actix_web::test]
async fn every_response_has_an_id_and_safe_headers() {
    let world = World::empty().await;
    let id = async |given: &str| {
        let request =
            actix_web::test::TestRequest::with_uri("/healthz").insert_header(("X-Request-Id", given));
        world.send(request).await.header("x-request-id").unwrap()
    };
    assert_eq!(id("trace-1").await, "trace-1");
    let fresh = id("two words").await;
    assert_eq!((fresh.len(), fresh.starts_with("00000000-0000-7000-8000-")), (36, true));
    assert_ne!(id("").await, fresh);
    for path in ["/healthz", "/support/tickets", "/nonsense"] {
        let answer = world.get("", path).await;
        assert_eq!(answer.header("x-content-type-options").as_deref(), Some("nosniff"), "{path}");
        assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"), "{path}");
        assert_eq!(answer.header("x-request-id").as_deref(), Some("test"), "{path}");
    }
}

#[actix_web::test]
async fn other_origins_are_let_in_as_configured() {
    let world = World::empty().await;
    let preflight = async |origin: &'static str| {
        let request = request(Method::OPTIONS, "", "/support/tickets")
            .insert_header(("Origin", origin))
            .insert_header(("Access-Control-Request-Method", "POST"))
            .insert_header((
                "Access-Control-Request-Headers",
                "authorization, content-type, idempotency-key",
            ));
        world.send(request).await
    };
    let known = preflight("https://desk.example.com").await.expect(200);
    assert_eq!(known.header("access-control-allow-origin").as_deref(), Some("https://desk.example.com"));
    assert_eq!(known.header("access-control-allow-credentials"), None);
    assert_eq!(preflight("https://evil.example.com").await.header("access-control-allow-origin"), None);
    let simple = request(Method::GET, &admin(), "/support/tickets")
        .insert_header(("Origin", "https://evil.example.com"));
    let simple = world.send(simple).await.expect(200);
    assert_eq!(simple.header("access-control-allow-origin"), None);
    let known =
        request(Method::GET, "", "/support/tickets").insert_header(("Origin", "https://desk.example.com"));
    let known = world.send(known).await;
    assert_eq!(known.problem(401), "unauthenticated");
    assert_eq!(known.header("access-control-allow-origin").as_deref(), Some("https://desk.example.com"));
}

#[actix_web::test]
async fn heads_are_answered_like_gets() {
    let world = World::empty().await;
    let id = world.ticket("Broken").await;
    let head =
        world.send(request(Method::HEAD, &admin(), &format!("/support/tickets/{id}"))).await.expect(200);
    assert_eq!(head.header("etag").as_deref(), Some("\"1\""));
    assert_eq!(world.send(request(Method::HEAD, "", "/support/tickets")).await.status, 401);
    let post_only = world.send(request(Method::HEAD, "", "/auth/login").set_json(json!({}))).await;
    assert_eq!(post_only.status, 405);
}
