//! Bytes that are no request: refused, and nothing happens.
#![cfg(test)]

use support_tests::testkit::raw_exchange;
use support_tests::{Desk, Token, for_each_database, request, subject};

/// Bytes that no HTTP server can take for a request, and those that none should.
fn malformed(token: &str) -> Vec<(&'static str, String)> {
    let post = |headers: &str, body: &str| {
        format!(
            "POST /support/tickets HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\n{headers}\r\n\r\n{body}"
        )
    };
    let get = |rest: &str| format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{rest}\r\n");
    let body = request("technical").to_string();
    let long = "x".repeat(300_000);
    vec![
        ("garbage", "GARBAGE\r\n\r\n".to_owned()),
        ("TLS", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\r\n\r\n".into()),
        ("no address", "GET HTTP/1.1\r\nHost: x\r\n\r\n".into()),
        ("a version to come", "GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n".into()),
        ("a NUL in the address", "GET /health\0z HTTP/1.1\r\nHost: x\r\n\r\n".into()),
        ("a header without a colon", get("nonsense\r\n")),
        ("a header with a NUL", get("A: b\0c\r\n")),
        ("a header that is too long", get(&format!("A: {long}\r\n"))),
        ("an address that is too long", format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n")),
        ("too many headers", get(&"A: b\r\n".repeat(5_000))),
        ("a length that is no number", post("Content-Length: many", &body)),
        ("a negative length", post("Content-Length: -1", &body)),
        ("two lengths", post(&format!("Content-Length: {}\r\nContent-Length: 1", body.len()), &body)),
        ("chunks that are none", post("Transfer-Encoding: chunked", "zz\r\nnonsense\r\n0\r\n\r\n")),
        ("a length and chunks", post("Content-Length: 4\r\nTransfer-Encoding: chunked", "0\r\n\r\n")),
        ("an unknown transfer coding", post("Transfer-Encoding: braille", &body)),
    ]
}

for_each_database!(bytes_that_are_no_request, |desk: &mut Desk| {
    desk.open(&desk.customer(1), "technical");
    let everything = desk.everything();
    let token = Token::new(&subject(1), "customer").mint();
    for (what, bytes) in malformed(&token) {
        let answer = raw_exchange(desk.server.address().unwrap(), bytes.as_bytes()).unwrap();
        // A server may also just close where there is nobody to speak HTTP with.
        let is_refused =
            answer.status.is_none_or(|status| (400..500).contains(&status) || [501, 505].contains(&status));
        assert!(is_refused, "{what}: {answer:?}");
    }
    assert_eq!(desk.everything(), everything);
    assert!(!desk.server.log().contains("panicked"), "{}", desk.server.log());
});
