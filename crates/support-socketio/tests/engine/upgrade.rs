use std::time::{Duration, Instant};

use support_socketio::admission::Origins;
use support_socketio::engine::Settings;

use crate::common::{Got, Raw, admission_with, answer, eventually};
use crate::echo::{PATH, Stage, quiet};

#[test]
fn a_client_moves_with_all_that_is_queued() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    let mut raw = poller.probe();
    poller.say("4one");
    poller.say("4two");
    raw.text("5");
    raw.text("4three");
    for expected in ["4one", "4two", "4three"] {
        assert_eq!(raw.next_text(), expected);
    }
    raw.binary(b"bytes");
    assert_eq!(raw.next(), Got::Binary(b"bytes".to_vec()));
    assert_eq!(stage.admission.connections(), 1);
}

#[test]
fn a_poll_that_waits_is_released_by_a_noop() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    let waiting = poller.begin("GET", "");
    let _raw = poller.probe();
    assert_eq!(answer(waiting).body, "6");
}

#[test]
fn a_client_that_may_have_paused_gets_no_data_by_polling() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    let mut raw = poller.probe();
    poller.say("4kept");
    for _ in 0..2 {
        let begun = Instant::now();
        assert_eq!(poller.body(), "6");
        assert!(begun.elapsed() >= Duration::from_millis(50), "a poll was not held");
    }
    raw.text("5");
    assert_eq!(raw.next_text(), "4kept");
}

#[test]
fn a_poll_at_the_moment_of_the_move_is_refused() {
    let stage = Stage::set(quiet());
    for _ in 0..20 {
        let poller = stage.poller();
        let mut raw = poller.dial().unwrap();
        raw.text("2probe");
        raw.text("5");
        // The move may not have happened yet. If it takes long, the poll is released.
        while poller.get().status != 400 {}
        assert_eq!(raw.next_text(), "3probe");
        raw.text("4moved");
        assert_eq!(raw.next_text(), "4moved");
    }
}

#[test]
fn after_the_move_polling_is_refused_and_other_websockets_are_closed() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    let mut raw = poller.dial().unwrap();
    assert_eq!(poller.dial().unwrap().closed(), Some(1_000), "one is open");
    raw.text("2probe");
    assert_eq!(raw.next_text(), "3probe");
    assert_eq!(poller.dial().unwrap().closed(), Some(1_000), "one was probed");
    raw.text("5");
    raw.text("4moved");
    assert_eq!(raw.next_text(), "4moved");
    let refused = r#"{"code":3,"message":"Bad request"}"#;
    for answer in [poller.get(), poller.post("4late")] {
        assert_eq!((answer.status, answer.body.as_str()), (400, refused));
    }
    let mut second = poller.dial().unwrap();
    second.text("4not read");
    assert_eq!(second.closed(), Some(1_000), "the session has moved");
    raw.text("4unharmed");
    assert_eq!(raw.next_text(), "4unharmed");
    eventually("only the session's connection is counted", || stage.admission.connections() == 1);
}

#[test]
fn of_a_session_that_began_on_a_websocket_another_one_is_closed() {
    let stage = Stage::set(quiet());
    let mut raw = stage.websocket();
    let path = format!("{PATH}?EIO=4&transport=websocket&sid={}", stage.client().id());
    assert_eq!(Raw::open(stage.server.address, &path).closed(), Some(1_000));
    raw.text("4unharmed");
    assert_eq!(raw.next_text(), "4unharmed");
}

#[test]
fn a_websocket_that_is_only_closed_is_admitted_like_any_other() {
    let stage = Stage::behind(admission_with(Origins::Listed(vec![]), Some(2)), quiet());
    let mut raw = stage.websocket();
    let path = format!("{PATH}?EIO=4&transport=websocket&sid={}", stage.client().id());
    let dial = |headers: &[&str]| Raw::try_open(stage.server.address, &path, headers);
    assert_eq!(dial(&["Origin: https://evil.example"]).err().unwrap().status, 403);
    // It holds its place until it is gone.
    let mut second = dial(&[]).unwrap();
    assert_eq!(stage.admission.connections(), 2);
    assert_eq!(dial(&[]).err().unwrap().status, 429);
    assert_eq!(second.closed(), Some(1_000));
    eventually("its place is free", || dial(&[]).is_ok());
    raw.text("4unharmed");
    assert_eq!(raw.next_text(), "4unharmed");
}

#[test]
fn a_session_that_has_ended_takes_no_websocket() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    poller.say("1");
    assert_eq!(poller.dial().err().unwrap().status, 400);
    assert_eq!(poller.body(), "6");
    assert_eq!(poller.dial().err().unwrap().body, r#"{"code":1,"message":"Session ID unknown"}"#);
}

#[test]
fn anything_but_the_move_closes_the_websocket_only() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    for packet in ["4too early", "2", "3", "6", "1", "x"] {
        let mut raw = poller.probe();
        raw.text(packet);
        assert_eq!(raw.closed(), Some(1_008), "{packet}");
        poller.is_alive();
    }
    let mut raw = poller.dial().unwrap();
    raw.binary(b"too early");
    assert_eq!(raw.closed(), Some(1_008));
    poller.is_alive();
}

#[test]
fn a_websocket_that_is_cut_leaves_the_session_to_polling() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    let raw = poller.probe();
    poller.say("4kept");
    drop(raw);
    // It may be noticed a little later.
    let body = loop {
        match poller.body() {
            noop if noop == "6" => {}
            body => break body,
        }
    };
    assert_eq!(body, "4kept");
    let mut raw = poller.probe();
    raw.text("5");
    raw.text("4moved");
    assert_eq!(raw.next_text(), "4moved");
}

#[test]
fn an_upgrade_that_is_not_finished_in_time_is_given_up() {
    let settings = Settings { upgrade_timeout: Duration::from_millis(100), ..quiet() };
    let stage = Stage::set(settings);
    let poller = stage.poller();
    let mut raw = poller.dial().unwrap();
    assert_eq!(raw.closed(), Some(1_008));
    poller.is_alive();
}

#[test]
fn a_client_that_moves_may_give_its_poll_up() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    let mut raw = poller.probe();
    drop(poller.begin("GET", ""));
    raw.text("5");
    raw.text("4moved");
    assert_eq!(raw.next_text(), "4moved");
}

#[test]
fn the_servers_last_words_follow_a_client_that_moves() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    let mut raw = poller.probe();
    let client = stage.client();
    client.send_text("last").unwrap();
    client.send_queue().close(4_000, "over");
    assert_eq!(poller.body(), "6");
    raw.text("5");
    assert_eq!(raw.next_text(), "4last");
    assert_eq!(raw.closed(), Some(4_000));
    stage.has_ended(1);
}

#[test]
fn a_session_that_ends_meanwhile_takes_the_websocket_along() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    let mut raw = poller.probe();
    poller.say("1");
    assert_eq!(raw.closed(), Some(1_008));
    assert_eq!(poller.body(), "6");
    poller.is_gone();
    stage.has_ended(1);
}
