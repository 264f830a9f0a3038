//! What an account may do, and what others may do then.

use serde_json::{Value, json};
use support_tests::load::wait_until;
use support_tests::{Answer, Backend, Desk, Person, Response, request};

use crate::scene::limited;

/// Far more than an account may do at once.
const MANY: u32 = 20_000;

fn header(response: &Response, name: &str) -> String {
    response.header(name).unwrap_or_else(|| panic!("no {name}: {response:?}")).to_owned()
}

/// Posts until it is told to wait.
fn until_refused(person: &Person, path: &str, body: &Value) -> Response {
    (0..MANY).map(|_| person.post(path, body)).find(|answer| answer.status == 429).expect("never refused")
}

#[test]
fn callers_are_told_what_is_left() {
    let desk = limited();
    let carla = desk.customer(1);
    let created = carla.post("/support/tickets", &request("general"));
    assert_eq!(header(&created, "ratelimit-limit"), "1000");
    assert_eq!(header(&created, "ratelimit-remaining"), "999");
    assert!(header(&created, "ratelimit-reset").parse::<u32>().is_ok_and(|seconds| seconds <= 1));
    assert_eq!(
        header(&created, "ratelimit-policy"),
        "\"tickets-account\";q=1000;w=100, \"tickets-address\";q=10000;w=50"
    );
    let current = header(&created, "ratelimit");
    assert!(current.starts_with("\"tickets-account\";r=999;t="), "{current}");
    let id = created.is(201)["id"].as_str().unwrap().to_owned();
    let sent = carla.post(&format!("/support/tickets/{id}/messages"), &json!({ "message": "Hello?" }));
    assert_eq!((sent.status, header(&sent, "ratelimit-remaining").as_str()), (201, "999"));
    let refreshed = desk.nobody().post("/auth/refresh", &json!({ "refreshToken": "made up" }));
    assert_eq!((refreshed.status, header(&refreshed, "ratelimit-limit").as_str()), (401, "600"));
    let read = carla.get(&format!("/support/tickets/{id}"));
    assert_eq!((read.status, read.header("ratelimit")), (200, None), "reading is not limited");
}

#[test]
fn who_never_stops_has_to_wait_and_nobody_else() {
    let desk = limited();
    let (carla, dora) = (desk.customer(1), desk.customer(2));
    let refused = until_refused(&carla, "/support/tickets", &json!({}));
    refused.refused(429, "rate_limited");
    assert_eq!(
        (header(&refused, "retry-after"), header(&refused, "ratelimit-remaining")),
        ("1".into(), "0".into())
    );
    desk.open(&dora, "general");
    desk.admin().get("/support/tickets").is(200);
    // Reading goes on, and so does everything once the time is over.
    assert!(carla.items("/support/tickets").is_empty());
    wait_until("the limit lets one more through", || {
        carla.post("/support/tickets", &request("general")).status == 201
    })
    .unwrap();
    assert_eq!(carla.items("/support/tickets").len(), 1);
}

#[test]
fn a_thousand_tickets_or_messages_in_a_row_are_work_not_abuse() {
    let desk = limited();
    let carla = desk.customer(1);
    let ticket = desk.open(&carla, "general");
    for number in 0..999 {
        // What does not fit counts as what does.
        let body = if number % 100 == 0 { request("general") } else { json!({}) };
        let status = carla.post("/support/tickets", &body).status;
        assert!([201, 422].contains(&status), "{status}");
    }
    let path = format!("/support/tickets/{ticket}/messages");
    for _ in 0..1_000 {
        assert_eq!(carla.post(&path, &json!({ "message": "" })).status, 422);
    }
}

#[test]
fn pages_of_other_origins_may_read_the_limits() {
    let desk = Desk::start_with(Backend::Sqlite, |builder| {
        builder.env("SUPPORT_RATE_LIMITS", "on").env("SUPPORT_CORS_ORIGINS", "https://desk.example")
    })
    .unwrap();
    let origin = |request: support_tests::testkit::Request| request.header("Origin", "https://desk.example");
    let created =
        desk.customer(1).send("POST", "/support/tickets", |post| origin(post.json(&request("general"))));
    let exposed = header(&created, "access-control-expose-headers").to_lowercase();
    for name in ["ratelimit", "ratelimit-policy", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"]
    {
        assert!(exposed.split(',').any(|given| given.trim() == name), "{exposed}");
    }
}

#[test]
fn without_limits_nothing_is_refused_or_told() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let carla = desk.customer(1);
    for _ in 0..1_500 {
        let answer = carla.post("/support/tickets", &json!({}));
        assert_eq!((answer.status, answer.header("ratelimit-limit")), (422, None));
    }
}
