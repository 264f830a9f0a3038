use std::sync::Arc;
use std::time::Duration;

use crate::common::eventually;
use crate::desk::{Stage, is_alive, join, quiet};

#[test]
fn a_client_leaves_without_an_answer_and_may_come_back() {
    let stage = Stage::set(quiet());
    let mut raw = stage.outside();
    let before = join(&mut raw, "/desk");
    join(&mut raw, "/");
    raw.text("41/desk,");
    is_alive(&mut raw);
    assert_eq!(stage.count("disconnect /desk"), 1);
    assert_ne!(join(&mut raw, "/desk"), before);
    drop(raw);
    stage.is_empty();
}

#[test]
fn who_left_is_not_there_any_more() {
    let stage = Stage::set(quiet());
    let mut raw = stage.inside();
    let socket = stage.socket();
    raw.text("41");
    eventually("it has left", || socket.emit("hello", &[], &[]).is_err());
    raw.text(r#"42["hello"]"#);
    assert_eq!(raw.closed(), Some(1_002));
    stage.is_empty();
}

#[test]
fn who_is_made_to_leave_is_told_and_what_it_had_sent_is_forgiven() {
    let stage = Stage::set(quiet());
    let mut raw = stage.outside();
    join(&mut raw, "/desk");
    let socket = stage.socket();
    join(&mut raw, "/");
    socket.leave();
    socket.leave();
    assert_eq!(raw.next_text(), "41/desk,");
    eventually("the application is told", || stage.count("disconnect /desk") == 1);
    assert!(socket.emit("hello", &[], &[]).is_err());
    for packet in [r#"42/desk,["late"]"#, r#"451-/desk,["late"]"#] {
        raw.text(packet);
    }
    raw.binary(b"its attachment");
    raw.text("43/desk,1[]");
    raw.text("41/desk,");
    is_alive(&mut raw);
    assert_eq!(stage.count("event /desk late"), 0);
    join(&mut raw, "/desk");
    raw.text(r#"42/desk,["back"]"#);
    assert_eq!(raw.next_text(), r#"42/desk,["back"]"#);
    drop(raw);
    stage.is_empty();
}

#[test]
fn a_polling_client_is_made_to_leave_without_doing_anything() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    stage.socket().leave();
    eventually("the application is told", || stage.count("disconnect /") == 1);
    assert_eq!(poller.body(), "41");
    poller.say("40");
    assert!(poller.body().starts_with("40{"));
}

#[test]
fn an_event_may_make_its_client_leave() {
    let stage = Stage::set(quiet());
    let mut raw = stage.inside();
    raw.text(r#"421["leave"]"#);
    assert_eq!(raw.next_text(), "41");
    eventually("the application is told", || stage.count("disconnect /") == 1);
    assert_eq!(stage.count("nobody gets the answer to leave"), 1);
}

#[test]
fn whatever_ends_the_connection_the_application_is_told_once() {
    let stage = Stage::set(quiet());
    let mut raw = stage.inside();
    join(&mut raw, "/desk");
    drop(raw);
    stage.is_empty();
    let mut raw = stage.inside();
    raw.text("1");
    stage.is_empty();
    let mut raw = stage.inside();
    raw.text(r#"42["close"]"#);
    assert_eq!(raw.closed(), Some(4_000));
    stage.is_empty();
    let poller = stage.poller();
    poller.say("1");
    assert_eq!(poller.body(), "6");
    stage.is_empty();
    let mut raw = stage.inside();
    stage.socket().leave();
    assert_eq!(raw.next_text(), "41");
    stage.socket().send_queue().close(1_000, "");
    assert_eq!(raw.closed(), Some(1_000));
    stage.is_empty();
    let (mut raw, admission) = (stage.inside(), Arc::clone(&stage.admission));
    let drain = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(admission.drain(1_001, "away", Duration::from_millis(1)));
    });
    assert_eq!(raw.closed(), Some(1_001));
    drain.join().unwrap();
    stage.is_empty();
}

#[test]
fn the_application_is_told_after_the_last_event() {
    let stage = Stage::set(quiet());
    let mut raw = stage.inside();
    raw.text(r#"42["wait"]"#);
    eventually("it waits", || stage.count("event / wait") == 1);
    drop(raw);
    let socket = stage.socket();
    eventually("the connection is gone", || socket.send_queue().is_closed());
    assert_eq!(stage.count("disconnect /"), 0);
    stage.desk.waiting.add_permits(1);
    stage.is_empty();
    assert_eq!(stage.log().last().unwrap(), "disconnect /");
}
