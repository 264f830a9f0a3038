//! The service about itself.

use std::io::Read;

use crate::world::{World, admin, snapshot};

#[actix_web::test]
async fn the_service_says_how_it_is() {
    let world = World::empty().await;
    snapshot!("health", world.get("", "/healthz").await);
    world.get("", "/readyz").await.expect(200);
    world.get(&admin(), "/support/tickets/TKT-2026-001").await.problem(404);
    world.ticket("Broken").await;
    let metrics = world.get("", "/metrics").await.expect(200);
    assert_eq!(metrics.header("content-type").as_deref(), Some("text/plain; version=0.0.4; charset=utf-8"));
    let text = String::from_utf8(metrics.bytes).unwrap();
    for line in [
        "support_http_requests_total{method=\"GET\",route=\"/support/tickets/{id}\",status=\"4xx\"} 1",
        "support_http_requests_total{method=\"POST\",route=\"/support/tickets\",status=\"2xx\"} 1",
        "support_http_request_duration_seconds_count{route=\"/readyz\"} 1",
        "support_http_requests_in_flight 1",
        "support_events_published_total{event=\"new_ticket\"} 1",
    ] {
        assert!(text.lines().any(|other| other == line), "no {line} in\n{text}");
    }
}

#[actix_web::test]
async fn the_root_is_a_page_that_leads_to_the_documentation() {
    let world = World::empty().await;
    let page = world.get("", "/").await.expect(200);
    assert_eq!(page.header("content-type").as_deref(), Some("text/html; charset=utf-8"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let text = String::from_utf8(page.bytes).unwrap();
    for part in ["Support System", env!("CARGO_PKG_VERSION"), "href=\"/docs\"", "href=\"/openapi.json\""] {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
    for (_, link) in text.match_indices("href=\"").map(|(at, quote)| (at, &text[at + quote.len()..])) {
        let link = link.split('"').next().unwrap();
        let status = world.get("", link).await.status;
        assert!(status == 200 || status == 308, "{link}: {status}");
    }
}

#[actix_web::test]
async fn the_documentation_needs_no_other_host() {
    let world = World::empty().await;
    let moved = world.get("", "/docs").await.expect(308);
    let page = moved.header("location").unwrap();
    let with_slash = world.get("", "/docs/").await.expect(308);
    assert_eq!(with_slash.header("location").as_ref(), Some(&page));
    for (path, kind) in [
        (page.as_str(), "text/html"),
        ("/docs/swagger-ui-bundle.js", "text/javascript"),
        ("/docs/swagger-ui.css", "text/css"),
        ("/docs/swagger-initializer.js", "text/javascript"),
    ] {
        let file = world.get("", path).await.expect(200);
        assert!(
            file.header("content-type").unwrap().starts_with(kind),
            "{path}: {:?}",
            file.header("content-type")
        );
        let policy = file.header("content-security-policy").unwrap();
        assert!(policy.contains("script-src 'self';") && !policy.contains("http"), "{policy}");
    }
    let initializer = world.get("", "/docs/swagger-initializer.js").await;
    let mut text = String::from_utf8_lossy(&initializer.bytes).into_owned();
    if initializer.header("content-encoding").is_some() {
        text.clear();
        (&initializer.bytes[..]).read_to_string(&mut text).unwrap();
    }
    assert!(text.contains("/openapi.json"), "{text}");
    assert_eq!(world.get("", "/docs/nonsense.js").await.problem(404), "not_found");
}
