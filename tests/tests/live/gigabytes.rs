//! Clients that announce or send far too much: what they send is not kept.

use std::io::Write;

use serde_json::json;
use support_tests::live::Transport;
use support_tests::live::wire::{self, Frame, Wire, first};
use support_tests::{Answer, Backend, Desk};

use crate::figures::assert_log_is_clean;
use crate::memory::{MIB, Memory};
use crate::scene::Scene;

const SENT: u64 = 200 * MIB;
const PIECE: usize = 64 * 1024;

/// Sends bytes until the server has enough of them.
fn pour(wire: &mut Wire) {
    let piece = vec![b'x'; PIECE];
    for _ in 0..SENT / PIECE as u64 {
        if wire.0.write_all(&piece).is_err() {
            return;
        }
    }
}

#[test]
fn a_frame_of_a_gibibyte_is_refused_by_its_header() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let (address, token) = (desk.server.address().unwrap(), scene.bob.http.token().unwrap());
    let claims = |first| [wire::header(first, 1 << 30), vec![0; 4]].concat();
    let begun = [wire::frame(first::TEXT_BEGINS, b"{"), claims(first::MORE)].concat();
    let memory = Memory::of(&desk);
    for transport in Transport::BOTH {
        for bytes in [&claims(first::TEXT), &claims(first::BINARY), &begun] {
            let mut wire = Wire::open(address, transport, token);
            wire.write(bytes);
            assert_eq!(
                wire.receive(),
                Some(Frame::Close(Some(1009))),
                "{transport:?}: at once, by the header alone"
            );
            pour(&mut wire);
        }
        // Endless pieces of one message, none of them too long.
        let mut wire = Wire::open(address, transport, token);
        wire.write(&wire::frame(first::TEXT_BEGINS, &[b'x'; 1_000]));
        for _ in 0..100 {
            wire.write(&wire::frame(first::MORE, &[b'x'; 1_000]));
        }
        pour(&mut wire);
        assert_eq!(wire.closes(), Some(1009), "{transport:?}: when the pieces are too long together");
    }
    memory.stays_within(20 * MIB);
    assert_log_is_clean(&desk);
}

#[test]
fn a_polling_body_of_a_gibibyte_is_refused() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let (address, admin) = (desk.server.address().unwrap(), desk.admin());
    let polling = "/socket.io/?EIO=4&transport=polling";
    let opened = desk.nobody().get(polling);
    assert_eq!(opened.status, 200, "{opened:?}");
    let opened: serde_json::Value = serde_json::from_str(opened.text().trim_start_matches('0')).unwrap();
    let session = format!("{polling}&sid={}", opened["sid"].as_str().unwrap());
    let post = |body: &str| desk.nobody().send("POST", &session, |request| request.body("text/plain", body));
    let token = json!({ "token": admin.http.token() });
    assert_eq!(post(&format!("40/support,{token}")).text(), "ok");
    assert!(desk.nobody().get(&session).text().starts_with("40/support,"));
    let memory = Memory::of(&desk);
    for length in ["Content-Length: 1073741824\r\n", "Transfer-Encoding: chunked\r\n"] {
        let mut wire = Wire(wire::connect(address));
        wire.write(
            format!("POST {session} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n{length}\r\n")
                .as_bytes(),
        );
        if length.starts_with("Transfer") {
            for _ in 0..SENT / PIECE as u64 {
                let chunk = [b"10000\r\n".to_vec(), vec![b'x'; PIECE], b"\r\n".to_vec()].concat();
                if wire.0.write_all(&chunk).is_err() {
                    break;
                }
            }
        } else {
            let head = wire.head();
            assert!(head.starts_with("HTTP/1.1 413 "), "a length that is too long is enough: {head}");
            pour(&mut wire);
        }
    }
    memory.stays_within(20 * MIB);
    assert_eq!(post(&"6".repeat(64 * 1024 + 1)).status, 413);
    // The session lives.
    assert_eq!(post(r#"42/support,1["leave_ticket_room",{"ticketId":"TKT-2026-001"}]"#).text(), "ok");
    assert_eq!(desk.nobody().get(&session).text(), r#"43/support,1[{"ok":true}]"#);
    desk.nobody().get("/healthz").is(200);
    assert_log_is_clean(&desk);
}
