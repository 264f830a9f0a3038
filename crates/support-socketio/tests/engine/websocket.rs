use crate::common::{Got, masked};
use crate::echo::{Stage, quiet};

#[test]
fn text_and_bytes_come_back() {
    let stage = Stage::set(quiet());
    let mut raw = stage.websocket();
    raw.text("4hello");
    assert_eq!(raw.next_text(), "4hello");
    raw.binary(&[1, 2, 3, 4]);
    assert_eq!(raw.next(), Got::Binary(vec![1, 2, 3, 4]));
    assert_eq!(stage.admission.connections(), 1);
}

#[test]
fn a_message_beyond_the_limit_is_1009() {
    let stage = Stage::set(quiet());
    let mut raw = stage.websocket();
    raw.binary(&[0; 1_000]);
    assert_eq!(raw.next(), Got::Binary(vec![0; 1_000]));
    raw.binary(&[0; 1_001]);
    assert_eq!(raw.closed(), Some(1_009));
    let mut other = stage.websocket();
    other.write(&[&[0x81, 0xFF][..], &(1_u64 << 30).to_be_bytes()].concat());
    assert_eq!(other.closed(), Some(1_009));
    drop((raw, other));
    stage.has_ended(2);
}

#[test]
fn what_is_no_packet_ends_the_session() {
    let stage = Stage::set(quiet());
    for (sessions, packet) in ["", "abc", "7", "0", "bAQIDBA=="].iter().enumerate() {
        let mut raw = stage.websocket();
        raw.text(packet);
        raw.text("4after");
        assert_eq!(raw.closed(), Some(1_002), "{packet:?}");
        stage.has_ended(sessions + 1);
    }
}

#[test]
fn packets_without_a_meaning_here_are_ignored() {
    let stage = Stage::set(quiet());
    let mut raw = stage.websocket();
    for packet in ["3", "3more", "5", "6"] {
        raw.text(packet);
    }
    raw.text("4still there?");
    assert_eq!(raw.next_text(), "4still there?");
}

#[test]
fn messages_are_processed_one_after_the_other() {
    let stage = Stage::set(quiet());
    let mut raw = stage.websocket();
    raw.write(&[masked(0x81, b"4wait"), masked(0x81, b"4after")].concat());
    stage.client().send_text("before").unwrap();
    assert_eq!(raw.next_text(), "4before");
    stage.echo.waiting.add_permits(1);
    assert_eq!(raw.next_text(), "4after");
}

#[test]
fn a_handler_that_panics_ends_its_session_only() {
    let stage = Stage::set(quiet());
    let mut other = stage.websocket();
    let mut raw = stage.websocket();
    raw.text("4panic");
    assert_eq!(raw.closed(), Some(1_011));
    other.text("4still there?");
    assert_eq!(other.next_text(), "4still there?");
}
