use std::time::{Duration, Instant};

use support_socketio::engine::Settings;

use crate::common::polling::RS;
use crate::common::{Got, Raw, answer, masked};
use crate::echo::{PATH, Stage, quiet};

const BEAT: Duration = Duration::from_millis(30);

#[test]
fn a_polling_client_is_asked_and_its_answer_counts() {
    let stage = Stage::set(Settings { ping_interval: BEAT, ..quiet() });
    let poller = stage.poller();
    for _ in 0..3 {
        assert_eq!(poller.body(), "2");
        poller.say("3");
    }
}

#[test]
fn a_client_on_a_websocket_is_asked_and_its_answer_counts() {
    let stage = Stage::set(Settings { ping_interval: BEAT, ..quiet() });
    let mut raw = stage.websocket();
    for _ in 0..3 {
        assert_eq!(raw.next_text(), "2");
        raw.text("3");
    }
}

#[test]
fn a_polling_client_that_does_not_answer_is_gone() {
    let stage = Stage::set(Settings { ping_interval: BEAT, ping_timeout: BEAT, ..quiet() });
    let poller = stage.poller();
    stage.has_ended(1);
    poller.is_gone();
}

#[test]
fn a_poll_that_waits_is_told_when_the_answer_is_too_late() {
    let stage = Stage::set(Settings { ping_interval: BEAT, ping_timeout: BEAT * 50, ..quiet() });
    let poller = stage.poller();
    assert_eq!(poller.body(), "2");
    assert_eq!(poller.body(), "1");
    poller.is_gone();
}

#[test]
fn on_a_websocket_only_the_answer_counts() {
    let stage = Stage::set(Settings { ping_interval: BEAT, ping_timeout: BEAT * 10, ..quiet() });
    let mut raw = stage.websocket();
    assert_eq!(raw.next_text(), "2");
    let code = loop {
        raw.text("4I talk but do not answer");
        match raw.next() {
            Got::Text(text) => assert_eq!(text, "4I talk but do not answer"),
            Got::Close(code) => break code,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(code, Some(1_008));
    raw.close(1_008);
    stage.has_ended(1);
}

#[test]
fn over_polling_an_answer_counts_before_the_messages_of_its_body_are_processed() {
    let stage = Stage::set(Settings { ping_interval: BEAT, ..quiet() });
    let poller = stage.poller();
    assert_eq!(poller.body(), "2");
    let posted = poller.begin("POST", &format!("4wait{RS}3"));
    assert_eq!(poller.body(), "2", "the next ping");
    stage.echo.waiting.add_permits(1);
    assert_eq!(answer(posted).body, "ok");
}

#[test]
fn on_a_websocket_a_ping_does_not_wait_for_the_message_that_is_processed() {
    let stage = Stage::set(Settings { ping_interval: BEAT, ..quiet() });
    let mut raw = stage.websocket();
    raw.text("4wait");
    assert_eq!(raw.next_text(), "2");
    raw.text("3");
    stage.echo.waiting.add_permits(1);
    assert_eq!(raw.next_text(), "2");
}

#[test]
fn an_answer_that_waits_to_be_read_is_not_too_late_for_whoever_asks_for_the_session() {
    let stage = Stage::set(Settings { ping_interval: BEAT, ping_timeout: BEAT, ..quiet() });
    let mut raw = stage.websocket();
    raw.text("4wait");
    assert_eq!(raw.next_text(), "2");
    let begun = Instant::now();
    raw.write(&[masked(0x81, b"3"), masked(0x81, b"4unharmed")].concat());
    let path = format!("{PATH}?EIO=4&transport=websocket&sid={}", stage.client().id());
    while begun.elapsed() < BEAT * 5 {
        assert_eq!(Raw::open(stage.server.address, &path).closed(), Some(1_000));
    }
    stage.echo.waiting.add_permits(1);
    assert_eq!(raw.next_text(), "4unharmed");
}

#[test]
fn a_ping_of_the_client_is_an_error() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    assert_eq!(poller.post("2").status, 400);
    poller.is_gone();
    let mut raw = stage.websocket();
    raw.text("2");
    assert_eq!(raw.closed(), Some(1_002));
    stage.has_ended(2);
}

#[test]
fn who_does_not_authenticate_in_time_is_sent_away() {
    let stage = Stage::set(Settings { authentication_timeout: Some(BEAT), ..quiet() });
    let poller = stage.poller();
    let mut raw = stage.websocket();
    assert_eq!(poller.body(), "1");
    assert_eq!(raw.closed(), Some(1_008));
    stage.has_ended(2);
}
