//! The OpenAPI document, as it is checked in.

use serde_json::Value;

use crate::world::World;

/// Written by `support-server openapi`.
const CHECKED_IN: &str = include_str!("../../../../docs/openapi.json");

#[actix_web::test]
async fn the_document_is_served_as_checked_in() {
    let served = World::empty().await.get("", "/openapi.json").await.expect(200);
    assert_eq!(served.header("content-type").as_deref(), Some("application/json"));
    let checked_in: Value = serde_json::from_str(CHECKED_IN).unwrap();
    assert!(
        served.json() == checked_in,
        "docs/openapi.json is out of date: write it with `cargo run -p support-server -- openapi > docs/openapi.json`"
    );
}
