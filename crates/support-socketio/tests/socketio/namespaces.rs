use std::time::Duration;

use support_socketio::admission::Origins;
use support_socketio::socket::Settings;

use crate::common::{Raw, admission_with};
use crate::desk::{PATH, Stage, is_alive, join, quiet};

#[test]
fn each_has_an_id_of_its_own_and_nothing_else_is_told() {
    let stage = Stage::set(quiet());
    let mut raw = Raw::open(stage.server.address, &format!("{PATH}?EIO=4&transport=websocket"));
    let engine = crate::common::polling::member(&raw.next_text(), "sid");
    let (one, other) = (join(&mut raw, "/"), join(&mut raw, "/desk"));
    assert!(one != other && one != engine && other != engine);
    // 128 random bits in base64url are 22 characters.
    assert!(one.len() >= 22);
}

#[test]
fn the_client_may_say_something_for_itself() {
    let stage = Stage::set(quiet());
    let mut raw = stage.outside();
    raw.text(r#"40/desk,{"token": "x"}"#);
    assert!(raw.next_text().starts_with("40/desk,{\"sid\":"));
    join(&mut raw, "/");
    assert_eq!(stage.log(), [r#"connect /desk {"token": "x"}"#, "connect / -"]);
}

#[test]
fn the_name_ends_with_the_packet_or_a_comma() {
    let stage = Stage::set(quiet());
    let mut raw = stage.outside();
    raw.text("40/desk");
    assert!(raw.next_text().starts_with("40/desk,{\"sid\":"));
    raw.text(r#"42/desk,["hello"]"#);
    assert_eq!(raw.next_text(), r#"42/desk,["hello"]"#);
}

#[test]
fn one_that_there_is_not_is_refused_and_the_connection_stays() {
    let stage = Stage::set(quiet());
    let mut raw = stage.outside();
    raw.text("40/nowhere,");
    assert_eq!(raw.next_text(), r#"44/nowhere,{"message":"Invalid namespace"}"#);
    join(&mut raw, "/");
    is_alive(&mut raw);
}

#[test]
fn a_refusal_has_its_message_and_data_and_the_connection_stays() {
    let stage = Stage::set(quiet());
    let mut raw = stage.outside();
    raw.text("40/locked,{}");
    assert_eq!(raw.next_text(), r#"44/locked,{"message":"locked","data":{"code":"no_key"}}"#);
    join(&mut raw, "/");
    is_alive(&mut raw);
}

#[test]
fn a_second_connect_closes() {
    let stage = Stage::set(quiet());
    let mut raw = stage.inside();
    raw.text("40");
    assert_eq!(raw.closed(), Some(1_002));
    stage.is_empty();
}

#[test]
fn an_event_for_one_that_was_not_joined_closes() {
    let stage = Stage::set(quiet());
    for packet in [r#"42/desk,["hello"]"#, "43/desk,1[]", "41/desk,", r#"451-/desk,["hello"]"#] {
        let mut raw = stage.inside();
        raw.text(packet);
        assert_eq!(raw.closed(), Some(1_002), "{packet}");
    }
    let mut raw = stage.outside();
    raw.text(r#"42["hello"]"#);
    assert_eq!(raw.closed(), Some(1_002));
    stage.is_empty();
}

#[test]
fn who_joins_nothing_in_time_is_closed() {
    let stage = Stage::set(Settings { connect_timeout: Duration::from_millis(50), ..quiet() });
    let mut raw = stage.outside();
    // A refusal does not count.
    raw.text("40/locked,");
    assert_eq!(raw.closed(), Some(1_008));
}

#[test]
fn who_joined_one_is_no_unfinished_handshake() {
    let stage = Stage::behind(admission_with(Origins::Any, Some(1)), quiet());
    let path = format!("{PATH}?EIO=4&transport=websocket");
    let mut raw = stage.outside();
    raw.text("40/locked,");
    assert!(raw.next_text().starts_with("44/locked,"));
    let refused = Raw::try_open(stage.server.address, &path, &[]).err().unwrap();
    assert_eq!(refused.status, 429);
    assert!(refused.body.starts_with(r#"{"code":4,"#), "{refused:?}");
    join(&mut raw, "/");
    stage.inside();
}

#[test]
fn what_is_sent_once_the_client_is_told_comes_after_that() {
    let stage = Stage::set(quiet());
    let path = format!("{PATH}?EIO=4&transport=websocket&greet=1");
    let mut raw = Raw::try_open(stage.server.address, &path, &["Authorization: Bearer x"]).ok().unwrap();
    assert!(raw.next_text().starts_with("0{"));
    join(&mut raw, "/");
    assert_eq!(raw.next_text(), r#"42["hello","Bearer x"]"#);
    let address = stage.socket().handshake().address();
    assert_eq!(address, Some(stage.server.address.ip()));
}
