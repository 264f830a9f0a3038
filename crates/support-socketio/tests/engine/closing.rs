use std::time::Duration;

use support_socketio::engine::Settings;

use crate::common::polling::RS;
use crate::common::{Raw, answer, eventually, get};
use crate::echo::{PATH, Stage, quiet};

#[test]
fn a_client_that_closes_has_its_poll_released() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    let waiting = poller.begin("GET", "");
    poller.say("1");
    assert_eq!(answer(waiting).body, "6");
    poller.is_gone();
    stage.has_ended(1);
}

#[test]
fn a_poll_just_after_the_close_is_released_once() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    poller.say(&format!("4before{RS}1{RS}4after"));
    assert_eq!(poller.post("4late").status, 400);
    assert_eq!(poller.body(), "6");
    poller.is_gone();
    stage.has_ended(1);
}

#[test]
fn a_server_that_closes_tells_the_poll_that_waits() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    let waiting = poller.begin("GET", "");
    stage.client().send_queue().close(1_001, "away");
    assert_eq!(answer(waiting).body, "1");
    poller.is_gone();
    stage.has_ended(1);
}

#[test]
fn a_server_that_closes_tells_the_next_poll_after_what_is_queued() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    poller.say(&format!("4last{RS}4close{RS}4after"));
    assert_eq!(poller.body(), format!("4last{RS}1"));
    poller.is_gone();
    stage.has_ended(1);
}

#[test]
fn a_client_that_does_not_come_to_be_told_is_forgotten() {
    let stage = Stage::set(Settings { close_grace: Duration::from_millis(30), ..quiet() });
    let poller = stage.poller();
    poller.say("4close");
    stage.has_ended(1);
    poller.is_gone();
}

#[test]
fn on_a_websocket_either_side_closes() {
    let stage = Stage::set(quiet());
    let mut raw = stage.websocket();
    raw.text("1");
    assert_eq!(raw.closed(), Some(1_000));
    let mut raw = stage.websocket();
    raw.text("4last");
    raw.text("4close");
    assert_eq!(raw.next_text(), "4last");
    assert_eq!(raw.closed(), Some(4_000));
    let mut raw = stage.websocket();
    raw.close(1_000);
    assert_eq!(raw.closed(), Some(1_000));
    drop(stage.websocket());
    stage.has_ended(4);
}

#[test]
fn a_drain_reaches_every_session_and_lets_nobody_in() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    let waiting = poller.begin("GET", "");
    let late = stage.poller();
    let mut raw = stage.websocket();
    let moved = stage.poller();
    let mut moved = {
        let mut raw = moved.probe();
        raw.text("5");
        raw.text("4moved");
        assert_eq!(raw.next_text(), "4moved");
        raw
    };
    let admission = std::sync::Arc::clone(&stage.admission);
    let drain = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(admission.drain(1_001, "away", Duration::from_millis(50)));
    });
    assert_eq!(answer(waiting).body, "1");
    assert_eq!(raw.closed(), Some(1_001));
    assert_eq!(moved.closed(), Some(1_001));
    assert_eq!(late.body(), "1");
    drain.join().unwrap();
    stage.has_ended(4);
    let refused = get(stage.server.address, &format!("{PATH}?EIO=4&transport=polling"));
    assert_eq!(refused.status, 503);
    assert!(refused.header("retry-after").is_some() && refused.body.starts_with(r#"{"code":4,"#));
    assert!(Raw::try_open(stage.server.address, &format!("{PATH}?EIO=4&transport=websocket"), &[]).is_err());
}

#[test]
fn what_is_pushed_after_the_end_goes_nowhere() {
    let stage = Stage::set(quiet());
    let client = {
        let _raw = stage.websocket();
        stage.client()
    };
    eventually("the end is noticed", || client.send_text("?").is_err());
    stage.has_ended(1);
}
