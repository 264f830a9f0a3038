use crate::desk::{Stage, is_alive, quiet};

/// Fails unless these messages close the connection, and nothing after them is done.
fn closes(stage: &Stage, texts: &[&str]) {
    let mut raw = stage.inside();
    for text in texts {
        match text.strip_prefix('b') {
            Some(bytes) => raw.binary(bytes.as_bytes()),
            None => raw.text(text),
        }
    }
    raw.text(r#"42["after"]"#);
    assert_eq!(raw.closed(), Some(1_002), "{texts:?}");
}

#[test]
fn a_malformed_packet_closes() {
    let stage = Stage::set(quiet());
    let head = ["4", "4x", "47", "4-1", "4 2[\"a\"]"];
    let connect = ["40/desk,[]", "40/desk,1", "40/desk,\"x\"", "40/desk,{", "40/desk,null", "40/desk,{}x"];
    let disconnect = ["41{}", "41/,[]"];
    let event = [
        "42",
        "42{}",
        "42[]",
        "42[null]",
        "42[true]",
        "42[{}]",
        "42[[]]",
        "42[\"a\"",
        "42\"a\"",
        "42[\"a\"]x",
    ];
    let ack = ["43", "43{}", "431", "431{\"a\":1}", "43\"a\""];
    let other = ["44", "44{\"message\":\"x\"}", "46[]", "46-[]", "460-[]", "461-{}"];
    let binary = ["45[\"a\"]", "45-[\"a\"]", "450-[\"a\"]", "451[\"a\"]", "451.5-[\"a\"]", "45-1-[\"a\"]"];
    for packets in [&head[..], &connect, &disconnect, &event, &ack, &other, &binary] {
        for packet in packets {
            closes(&stage, &[packet]);
        }
    }
    stage.is_empty();
    assert_eq!(stage.count("event / after"), 0);
}

#[test]
fn a_reserved_name_closes() {
    let stage = Stage::set(quiet());
    for name in ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"] {
        closes(&stage, &[&format!("42[\"{name}\"]")]);
    }
}

#[test]
fn wrong_attachments_close() {
    let stage = Stage::set(quiet());
    closes(&stage, &["bnobody asked for it"]);
    closes(&stage, &["451-[\"a\",{\"_placeholder\":true,\"num\":0}]", "42[\"between\"]"]);
    closes(&stage, &["451-[\"a\",{\"_placeholder\":true,\"num\":1}]"]);
    closes(&stage, &["452-[\"a\"]", "bone", "3", "bx", "b"]);
    closes(&stage, &["4511-[\"too many\"]"]);
    let mut raw = stage.inside();
    raw.text("4510-[\"enough\"]");
    (0..10).for_each(|_| raw.binary(b""));
    assert_eq!(raw.next_text(), "4510-[\"enough\"]");
    (0..10).for_each(|_| assert_eq!(raw.next(), crate::common::Got::Binary(vec![])));
    is_alive(&mut raw);
}

#[test]
fn deep_json_breaks_nothing() {
    let stage = Stage::set(quiet());
    let deep = |kind: &str| format!("{kind}[\"deep\",{}{}]", "[".repeat(30_000), "]".repeat(30_000));
    let mut raw = stage.inside();
    raw.text(&deep("42"));
    assert_eq!(raw.next_text(), deep("42"));
    closes(&stage, &[&deep("451-")]);
}
