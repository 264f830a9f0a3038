use serde_json::value::RawValue;
use support_socketio::socket::event_frame;

use crate::common::polling::RS;
use crate::common::{Got, answer};
use crate::desk::{Stage, is_alive, join, quiet};

#[test]
fn json_is_passed_on_as_it_came() {
    let stage = Stage::set(quiet());
    let mut raw = stage.inside();
    for packet in [
        r#"42["message",1,1.50,-0.0,1e400,{ "b": [ null ],"a":"\u00e9é" },"",[]]"#,
        r#"42["message"]"#,
        r#"42["auth",{}]"#,
    ] {
        raw.text(packet);
        assert_eq!(raw.next_text(), packet);
    }
    raw.text("42[7,8]");
    assert_eq!(raw.next_text(), r#"42["7",8]"#);
}

#[test]
fn an_event_with_an_id_is_acknowledged() {
    let stage = Stage::set(quiet());
    let mut raw = stage.inside();
    raw.text(r#"420["message",1,{"a":2}]"#);
    assert_eq!(raw.next_text(), r#"430[1,{"a":2}]"#);
    join(&mut raw, "/desk");
    raw.text(r#"42/desk,456["message"]"#);
    assert_eq!(raw.next_text(), "43/desk,456[]");
}

#[test]
fn attachments_follow_in_their_order() {
    let stage = Stage::set(quiet());
    let mut raw = stage.inside();
    for (sent, expected) in [
        (r#"452-["m",PLACE1,{"x":PLACE0}]"#, r#"452-["m",PLACE1,{"x":PLACE0}]"#),
        (r#"452-7["m",PLACE0,PLACE1]"#, r"462-7[PLACE0,PLACE1]"),
    ] {
        let place = |text: &str| {
            [0, 1].iter().fold(text.to_owned(), |text, index| {
                text.replace(&format!("PLACE{index}"), &format!(r#"{{"_placeholder":true,"num":{index}}}"#))
            })
        };
        raw.text(&place(sent));
        raw.binary(b"first");
        raw.binary(b"");
        assert_eq!(raw.next_text(), place(expected));
        assert_eq!(raw.next(), Got::Binary(b"first".to_vec()));
        assert_eq!(raw.next(), Got::Binary(vec![]));
    }
}

#[test]
fn nothing_comes_between_an_event_and_its_attachments() {
    let stage = Stage::set(quiet());
    let mut raw = stage.inside();
    let socket = stage.socket();
    let noise = std::thread::spawn({
        let socket = socket.clone();
        move || (0..2_000).for_each(|_| socket.emit("noise", &[], &[]).unwrap())
    });
    let attachments = [b"one".as_slice(), b"two"].map(actix_web::web::Bytes::from_static);
    for _ in 0..200 {
        socket.emit("bytes", &[], &attachments).unwrap();
    }
    let mut whole = 0;
    while whole < 200 {
        match raw.next_text().as_str() {
            r#"42["noise"]"# => {}
            r#"452-["bytes"]"# => {
                assert_eq!(raw.next(), Got::Binary(b"one".to_vec()));
                assert_eq!(raw.next(), Got::Binary(b"two".to_vec()));
                whole += 1;
            }
            other => panic!("{other}"),
        }
    }
    noise.join().unwrap();
}

#[test]
fn the_next_event_waits_for_the_one_before() {
    let stage = Stage::set(quiet());
    let mut raw = stage.inside();
    raw.text(r#"421["wait"]"#);
    raw.text(r#"422["after"]"#);
    stage.socket().emit("meanwhile", &[], &[]).unwrap();
    assert_eq!(raw.next_text(), r#"42["meanwhile"]"#);
    stage.desk.waiting.add_permits(1);
    assert_eq!(raw.next_text(), "431[]");
    assert_eq!(raw.next_text(), "432[]");
}

#[test]
fn a_frame_is_built_once_for_many() {
    let stage = Stage::set(quiet());
    let arg = RawValue::from_string(r#"{"a": 1}"#.to_owned()).unwrap();
    let frame = event_frame("/", "news", &[&arg]);
    let mut clients = [stage.inside(), stage.inside(), stage.inside()];
    let poller = stage.poller();
    for socket in stage.desk.sockets.lock().unwrap().iter() {
        socket.send_queue().push(frame.clone()).unwrap();
    }
    for client in &mut clients {
        assert_eq!(client.next_text(), r#"42["news",{"a": 1}]"#);
    }
    assert_eq!(poller.body(), r#"42["news",{"a": 1}]"#);
}

#[test]
fn all_of_it_works_over_polling() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    let event = r#"451-12["bytes",{"_placeholder":true,"num":0}]"#;
    poller.say(&format!("{event}{RS}bAQIDBA=="));
    let acknowledgement = r#"461-12[{"_placeholder":true,"num":0}]"#;
    assert_eq!(poller.body(), format!("{acknowledgement}{RS}bAQIDBA=="));
    // The attachment may come by another request, even by another way.
    poller.say(event);
    let mut raw = poller.probe();
    raw.text("5");
    raw.binary(b"moved");
    assert_eq!(raw.next_text(), acknowledgement);
    assert_eq!(raw.next(), Got::Binary(b"moved".to_vec()));
    is_alive(&mut raw);
}

#[test]
fn a_malformed_packet_over_polling_closes() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    let waiting = poller.begin("GET", "");
    poller.say(&format!("4x{RS}42[\"after\"]"));
    assert_eq!(answer(waiting).body, "1");
    poller.is_gone();
    assert_eq!(stage.count("event / after"), 0);
    stage.is_empty();
}
