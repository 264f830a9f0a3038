//! What is no WebSocket, no packet and no frame: the right code for each, and nobody else is harmed.

use serde_json::{Value, json};
use support_tests::live::wire::{self, Frame, Wire, first};
use support_tests::live::{Client, Transport};
use support_tests::{Backend, Desk, check_problem};

use crate::figures::assert_log_is_clean;
use crate::scene::{Scene, say};

/// The longest message, in bytes.
const LIMIT: usize = 64 * 1024;

fn text(payload: &[u8]) -> Vec<u8> {
    wire::frame(first::TEXT, payload)
}

/// What breaks RFC 6455 or the limits, with the code for it.
fn violations() -> Vec<(&'static str, u16, Vec<u8>)> {
    let frame = wire::frame;
    let half = vec![b'x'; LIMIT / 2 + 1];
    let header = |first, length: u64| [wire::header(first, length), vec![0; 4]].concat();
    vec![
        ("a frame that is not masked", 1002, b"\x81\x02{}".to_vec()),
        ("the first reserved bit, without an extension", 1002, frame(0xC1, b"{}")),
        ("the second reserved bit", 1002, frame(0xA1, b"{}")),
        ("the third reserved bit", 1002, frame(0x91, b"{}")),
        ("an unknown kind of data", 1002, frame(0x83, b"{}")),
        ("an unknown kind of control frame", 1002, frame(0x8B, b"")),
        ("more of a message that has not begun", 1002, frame(first::LAST, b"{}")),
        ("a message within another", 1002, [frame(first::TEXT_BEGINS, b"{"), text(b"}")].concat()),
        ("a ping of 126 bytes", 1002, frame(first::PING, &[b'x'; 126])),
        ("a ping in pieces", 1002, frame(0x09, b"x")),
        ("half a code to close with", 1002, frame(first::CLOSE, &[3])),
        ("a code that must not be sent", 1002, frame(first::CLOSE, &1005_u16.to_be_bytes())),
        ("a code that is none", 1002, frame(first::CLOSE, &999_u16.to_be_bytes())),
        ("a close frame of 126 bytes", 1002, frame(first::CLOSE, &[3; 126])),
        ("a reason that is no UTF-8", 1007, frame(first::CLOSE, b"\x03\xe8\xff")),
        ("a text that is no UTF-8", 1007, text(b"{\"event\":\"\xc3\x28\"}")),
        ("a surrogate in UTF-8", 1007, text(b"\"\xed\xa0\x80\"")),
        (
            "a text that ends within a letter",
            1007,
            [frame(first::TEXT_BEGINS, b"\"\xf0\x9f"), frame(first::LAST, b"\"")].concat(),
        ),
        ("a text of 64 KiB and a byte", 1009, text(&vec![b' '; LIMIT + 1])),
        ("as much in pieces", 1009, [frame(first::TEXT_BEGINS, &half), frame(first::LAST, &half)].concat()),
        ("a header that claims 1 GiB of text", 1009, header(first::TEXT, 1 << 30)),
        ("a header that claims 1 GiB of bytes", 1009, header(first::BINARY, 1 << 30)),
        ("a header that claims 2^63 - 1 bytes", 1009, header(first::BINARY, u64::MAX >> 1)),
        (
            "a second piece that claims 1 GiB",
            1009,
            [frame(first::TEXT_BEGINS, b"{"), header(first::LAST, 1 << 30)].concat(),
        ),
    ]
}

/// Two who talk, and go on talking whatever others do.
struct Pair<'a> {
    scene: &'a Scene,
    ann: Client,
    lou: Client,
}

impl<'a> Pair<'a> {
    fn meet(desk: &Desk, scene: &'a Scene) -> Self {
        let (mut ann, mut lou) =
            (Transport::Plain.enter(desk, &scene.ann), Transport::SocketIo.enter(desk, &scene.lou));
        ann.join(&scene.ticket);
        lou.join(&scene.ticket);
        Self { scene, ann, lou }
    }

    #[track_caller]
    fn talk(&mut self) {
        let said = self.ann.say(&self.scene.ticket, "Are you there?");
        assert_eq!(self.lou.hears("new_message"), said);
        assert_eq!(self.ann.hears("new_message"), said);
    }
}

#[test]
fn what_breaks_the_protocol_is_closed_with_its_code() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let (address, token) = (desk.server.address().unwrap(), scene.bob.http.token().unwrap());
    let mut pair = Pair::meet(&desk, &scene);
    for transport in Transport::BOTH {
        for (what, code, bytes) in violations() {
            let mut wire = Wire::open(address, transport, token);
            wire.write(&bytes);
            assert_eq!(wire.closes(), Some(code), "{transport:?} {what}");
        }
        pair.talk();
    }
    // Nobody need have said who they are.
    for (what, code, bytes) in violations() {
        let mut wire = Wire(wire::connect(address));
        wire.write(&[wire::handshake(Transport::Plain.path(), "").into_bytes(), bytes].concat());
        assert!(wire.head().starts_with("HTTP/1.1 101 "), "{what}");
        // A client that is not known is told so instead.
        let told = wire.closes();
        assert!(told == Some(code) || told == Some(4401), "{what}, of somebody unknown: {told:?}");
    }
    pair.talk();
    assert_log_is_clean(&desk);
}

#[test]
fn what_keeps_to_the_protocol_is_taken() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let (address, token) = (desk.server.address().unwrap(), scene.ann.http.token().unwrap());
    for transport in Transport::BOTH {
        let ask = |number: u32| match transport {
            Transport::Plain => format!(
                r#"{{"event":"leave_ticket_room","data":{{"ticketId":"TKT-2026-001"}},"id":{number}}}"#
            ),
            Transport::SocketIo => {
                format!(r#"42/support,{number}["leave_ticket_room",{{"ticketId":"TKT-2026-001"}}]"#)
            }
        };
        let answer = |number: u32| match transport {
            Transport::Plain => Frame::Text(format!(r#"{{"event":"ack","id":{number},"data":{{}}}}"#)),
            Transport::SocketIo => Frame::Text(format!(r#"43/support,{number}[{{"ok":true}}]"#)),
        };
        let mut wire = Wire::open(address, transport, token);
        for payload in [&b""[..], b"are you there?", &[0xFF; 125]] {
            wire.write(&wire::frame(first::PING, payload));
            assert_eq!(
                wire.receive(),
                Some(Frame::Pong(payload.to_vec())),
                "a ping is answered with what it holds"
            );
        }
        // An answer that nobody asked for is nothing.
        wire.write(&wire::frame(0x8A, b"I am here."));
        // In pieces, even of nothing, with a ping between them; and byte by byte.
        let whole = ask(1);
        let (begin, rest) = whole.as_bytes().split_at(20);
        wire.write(&wire::frame(first::TEXT_BEGINS, begin));
        wire.write(&wire::frame(first::PING, b"between"));
        wire.write(&wire::frame(first::MORE, b""));
        wire.write(&wire::frame(first::LAST, rest));
        assert_eq!(wire.receive(), Some(Frame::Pong(b"between".to_vec())));
        assert_eq!(wire.receive(), Some(answer(1)));
        for byte in text(ask(2).as_bytes()) {
            wire.write(&[byte]);
        }
        assert_eq!(wire.receive(), Some(answer(2)));
        // As long as a message may be: nothing but the event is short of the limit.
        let long = ask(3);
        let padded = format!("{long}{}", " ".repeat(LIMIT - long.len()));
        wire.write(&text(padded.as_bytes()));
        assert_eq!(wire.receive(), Some(answer(3)), "{transport:?} takes 64 KiB");
        // Several frames that come together are as many.
        wire.write(&[text(ask(4).as_bytes()), text(ask(5).as_bytes())].concat());
        assert_eq!([wire.receive(), wire.receive()], [Some(answer(4)), Some(answer(5))]);
        wire.write(&wire::frame(first::CLOSE, b"\x03\xe8goodbye"));
        assert_eq!(
            wire.closes(),
            Some(1000),
            "{transport:?}: the closing handshake is answered with the same code"
        );
    }
    assert_log_is_clean(&desk);
}

/// Frames that are no events, with the number that the answer has.
fn no_events() -> Vec<(String, Option<u64>)> {
    let deep = "[".repeat(LIMIT - 1_000);
    let nested =
        format!(r#"{{"event":"typing_start","data":{}{},"id":9}}"#, "[".repeat(10_000), "]".repeat(10_000));
    let mut frames: Vec<(String, Option<u64>)> = [
        "",
        "nonsense",
        "null",
        "7",
        "[]",
        "\"text\"",
        "{}",
        "{\"event\":7}",
        "{\"event\":null}",
        "{\"data\":{}}",
        "{\"event\":\"x\"",
        "{\"event\":\"x\"} {}",
        "{'event':'x'}",
        "\u{feff}{\"event\":\"x\"}",
        r#"{"event":"typing_start","id":-1}"#,
        r#"{"event":"typing_start","id":1.5}"#,
        r#"{"event":"typing_start","id":"1"}"#,
        r#"{"event":"typing_start","id":null}"#,
        r#"{"event":"typing_start","id":[1]}"#,
        r#"{"event":"typing_start","id":18446744073709551616}"#,
        r#"{"event":"typing_start","id":1e999}"#,
        r#"{"event":"\ud800"}"#,
        &deep,
        &nested,
    ]
    .map(|frame| (frame.to_owned(), None))
    .into();
    frames.push((r#"{"event":7,"id":3}"#.into(), Some(3)));
    frames.push((r#"{"id":0}"#.into(), Some(0)));
    frames.push((
        r#"{"event":"typing_start","more":1,"id":9007199254740993}"#.into(),
        Some(9_007_199_254_740_993),
    ));
    frames
}

#[test]
fn frames_that_are_no_events_are_answered_as_such() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let mut ann = Transport::Plain.enter(&desk, &scene.ann);
    ann.join(&scene.ticket);
    for (frame, number) in no_events() {
        let shown: String = frame.chars().take(80).collect();
        ann.write(frame);
        let problem = match number {
            Some(number) => ann.answer(number).unwrap_err(),
            None => ann.hears("error"),
        };
        check_problem(400, "application/problem+json", &problem);
        assert_eq!(problem["code"], "malformed_request", "{shown}: {problem}");
    }
    // The number may be any, and is given back as it was.
    for number in [0, 1, u64::from(u32::MAX), u64::MAX] {
        ann.write(
            json!({ "event": "typing_stop", "data": { "ticketId": scene.ticket }, "id": number }).to_string(),
        );
        assert_eq!(ann.answer(number), Ok(json!({})));
    }
    let message = say(&scene.lou, &scene.ticket, "Still there?");
    assert_eq!(ann.hears("new_message"), message, "who was refused is still there");
    assert_log_is_clean(&desk);
}

#[test]
fn events_that_nobody_knows_are_refused_at_both_transports() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    for transport in Transport::BOTH {
        let mut ann = transport.enter(&desk, &scene.ann);
        let long = "x".repeat(60_000);
        for event in [
            "dance",
            "join_ticket_room ",
            "JOIN_TICKET_ROOM",
            "authenticate",
            "new_message",
            "\u{0}",
            "__proto__",
            &long,
        ] {
            let problem = ann.refused(event, &json!({}), 400, "unknown_event");
            assert!(problem.to_string().len() < 1_000, "what was sent is not sent back: {event}");
        }
        ann.tell("dance", &json!({}));
        let unasked = ann.hear();
        let problem = match transport {
            Transport::Plain => &unasked.data,
            Transport::SocketIo => &unasked.data["error"],
        };
        let name = if transport == Transport::Plain { "error" } else { "exception" };
        assert_eq!((unasked.name.as_str(), &problem["code"]), (name, &json!("unknown_event")), "{unasked:?}");
        for data in
            [Value::Null, json!([]), json!("text"), json!(7), json!({ "ticketId": { "deep": [[[]]] } })]
        {
            ann.refused("join_ticket_room", &data, 422, "validation_failed");
        }
    }
}

#[test]
fn binary_data_is_not_taken() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let (address, token) = (desk.server.address().unwrap(), scene.bob.http.token().unwrap());
    let mut pair = Pair::meet(&desk, &scene);
    for payload in [&b"{\"event\":\"typing_stop\"}"[..], b"", b"\xff\xfe"] {
        let mut wire = Wire::open(address, Transport::Plain, token);
        wire.write(&wire::frame(first::BINARY, payload));
        assert_eq!(wire.closes(), Some(1003), "the plain transport takes text");
    }
    // Socket.IO knows attachments. The desk has no use for them, and says so.
    let mut wire = Wire::open(address, Transport::SocketIo, token);
    wire.write(&text(br#"451-/support,7["send_message",{"message":{"_placeholder":true,"num":0}}]"#));
    wire.write(&wire::frame(first::BINARY, b"\xff\xfe"));
    let Some(Frame::Text(answer)) = wire.receive() else { panic!("an event with an attachment is answered") };
    assert!(answer.starts_with("43/support,7[") && answer.contains("\"status\":415"), "{answer}");
    pair.talk();
}

/// Texts that are no packets of Engine.IO and Socket.IO, or none that a client may send now.
const NO_PACKETS: &[&str] = &[
    "",
    "x",
    "7",
    "9",
    "2",
    "4",
    "4x",
    "47",
    "4-1",
    "\u{1f980}",
    "42",
    "42/support",
    "42/support,",
    "42/support,{}",
    "42/support,[]",
    "42/support,[{}]",
    "42/support,[null]",
    "42/support,nonsense",
    "42/support,[\"typing_stop\",{}",
    "42/support,[\"connect\",{}]",
    "42/support,[\"disconnecting\"]",
    "42[\"typing_stop\",{}]",
    "42/other,[\"typing_stop\",{}]",
    "43/support,1{}",
    "43/support,x[]",
    "40/support,",
    "40/support,{\"token\":\"x\"}",
    "40/support,[",
    "40/support,7",
    "45/support,[\"x\"]",
    "451-/support",
    "45x-/support,[\"x\"]",
    "45-1-/support,[\"x\"]",
    "4511-/support,[\"x\"]",
    "4599999999999-/support,[\"x\"]",
    "46/support,1[]",
    "451-/support,[\"x\",{}]",
];

#[test]
fn packets_that_are_none_end_the_connection() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let (address, token) = (desk.server.address().unwrap(), scene.bob.http.token().unwrap());
    let mut pair = Pair::meet(&desk, &scene);
    let deep = format!("42/support,[\"typing_stop\",{}", "[".repeat(60_000));
    for packet in NO_PACKETS.iter().copied().chain([deep.as_str()]) {
        let shown: String = packet.chars().take(80).collect();
        let mut wire = Wire::open(address, Transport::SocketIo, token);
        // What would be an attachment's place is taken by another packet.
        wire.write(&[text(packet.as_bytes()), text(b"42/support,1[\"dance\",{}]")].concat());
        while let Some(frame) = wire.receive() {
            let is_answer = matches!(&frame, Frame::Text(text) if text.starts_with("43"));
            assert!(!is_answer, "nothing should be done after {shown}: {frame:?}");
            if matches!(frame, Frame::Close(_)) {
                break;
            }
        }
    }
    // Bytes that no event has announced.
    let mut wire = Wire::open(address, Transport::SocketIo, token);
    wire.write(&wire::frame(first::BINARY, b"attached to nothing"));
    while wire.receive().is_some() {}
    pair.talk();
    assert_log_is_clean(&desk);
}
