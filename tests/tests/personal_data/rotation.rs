//! Keys rotate while the service is under load.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use serde_json::json;
use support_tests::program::run;
use support_tests::{Answer, Desk, for_each_database, request, text, with};

const CLIENTS: u16 = 32;

/// Every sealed column that can change.
const SEALED: &[(&str, &str)] = &[
    ("users", "person"),
    ("tickets", "customer"),
    ("tickets", "description"),
    ("tickets", "resolution"),
    ("messages", "content"),
    ("notifications", "content"),
    ("outbox", "content"),
    ("attachments", "content"),
];

/// Opens tickets, writes, reads and lists, until it is told to stop; answers each failure.
fn work(desk: &Desk, number: u16, stop: &AtomicBool, done: &AtomicU64) -> Vec<String> {
    let customer = desk.customer(number);
    let mut failures = Vec::new();
    let mut check = |answer: support_tests::Response, status: u16| {
        if answer.status == status {
            done.fetch_add(1, Ordering::Relaxed);
        } else {
            failures.push(format!("{answer:?}"));
        }
    };
    while !stop.load(Ordering::Relaxed) {
        let body = with(request("technical"), json!({ "description": format!("of {number}") }));
        let created = customer.post("/support/tickets", &body);
        let id = text(&created.json().unwrap_or_default()["id"]);
        check(created, 201);
        let path = format!("/support/tickets/{id}");
        check(customer.post(&format!("{path}/messages"), &json!({ "message": "Hello." })), 201);
        let read = customer.get(&path);
        assert!(read.status != 200 || read.json().unwrap()["description"] == format!("of {number}"));
        check(read, 200);
        check(customer.get(&format!("{path}/messages")), 200);
        check(customer.get("/support/tickets?limit=20"), 200);
    }
    failures
}

for_each_database!(rotation_under_load_fails_no_request_and_leaves_no_row_behind, |desk: &mut Desk| {
    let (stop, done) = (AtomicBool::new(false), AtomicU64::new(0));
    let (rotated, failures) = thread::scope(|scope| {
        let (desk, stop, done) = (&*desk, &stop, &done);
        let clients: Vec<_> =
            (1..=CLIENTS).map(|number| scope.spawn(move || work(desk, number, stop, done))).collect();
        support_tests::load::wait_until("some load", || done.load(Ordering::Relaxed) > 500).unwrap();
        let before = done.load(Ordering::Relaxed);
        let rotated = run(desk.server.command(&["keys", "rotate"]), "");
        assert!(done.load(Ordering::Relaxed) > before, "the service went on meanwhile");
        stop.store(true, Ordering::Relaxed);
        let failures: Vec<String> = clients.into_iter().flat_map(|client| client.join().unwrap()).collect();
        (rotated, failures)
    });
    assert_eq!(rotated.code, Some(0), "{rotated:?}");
    assert!(rotated.stdout.contains("Encryption key 2 is in use"), "{rotated:?}");
    assert_eq!(failures, [""; 0], "of {} requests", done.load(Ordering::Relaxed));
    for (table, column) in SEALED {
        let head = format!("substr({}, 1, 8)", desk.hex(column));
        let old = desk.query(&format!(
            "SELECT count(*) FROM {table} WHERE {column} IS NOT NULL AND {head} <> '00000002'"
        ));
        assert_eq!(old, "0", "{table}.{column} under another key");
    }
    assert_eq!(desk.query("SELECT count(*) FROM data_keys WHERE encryption_key <> 2"), "0");
    assert_ne!(desk.query("SELECT count(*) FROM tickets"), "0");
    // Everything can be read, by this process and by one that has only just begun.
    let read = |desk: &Desk| desk.customer(1).get("/support/tickets?limit=200").is(200);
    assert!(!read(desk).to_string().contains("damaged"));
    desk.server.stop().unwrap();
    desk.server.start().unwrap();
    assert!(!read(desk).to_string().contains("damaged"));
    assert_eq!(run(desk.server.command(&["audit", "verify"]), "").code, Some(0));
});
