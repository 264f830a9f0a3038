use std::io::Write;
use std::net::Shutdown;
use std::sync::atomic::Ordering;

use crate::common::polling::RS;
use crate::common::{answer, connect, eventually};
use crate::echo::{PATH, Stage, quiet};

#[test]
fn a_get_waits_until_there_is_something_to_say() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    let waiting = poller.begin("GET", "");
    poller.say("4hello");
    let answer = answer(waiting);
    assert_eq!((answer.status, answer.body.as_str()), (200, "4hello"));
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=UTF-8"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[test]
fn all_that_is_buffered_comes_in_one_body() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    poller.say(&format!("4one{RS}bAQIDBA=={RS}4two"));
    poller.say("4three");
    assert_eq!(poller.body(), format!("4one{RS}bAQIDBA=={RS}4two{RS}4three"));
}

#[test]
fn a_post_is_answered_when_its_packets_have_been_processed() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    let posted = poller.begin("POST", &format!("4wait{RS}4after"));
    stage.echo.waiting.add_permits(1);
    let answer = answer(posted);
    assert_eq!((answer.status, answer.body.as_str()), (200, "ok"));
    assert_eq!(stage.echo.waited.load(Ordering::SeqCst), 1);
    assert_eq!(poller.body(), "4after");
}

#[test]
fn a_get_and_a_post_may_overlap() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    let waiting = poller.begin("GET", "");
    let posted = poller.begin("POST", "4wait");
    stage.client().send_text("meanwhile").unwrap();
    assert_eq!(answer(waiting).body, "4meanwhile");
    stage.echo.waiting.add_permits(1);
    assert_eq!(answer(posted).body, "ok");
}

#[test]
fn a_body_beyond_the_limit_is_413_and_the_session_lives() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    assert_eq!(poller.post(&format!("4{}", "x".repeat(999))).status, 200);
    assert_eq!(poller.body().len(), 1_000);
    assert_eq!(poller.post(&format!("4{}", "x".repeat(1_000))).status, 413);
    let chunk = format!("258\r\n4{}\r\n", "x".repeat(599));
    let chunked = format!("{chunk}{chunk}0\r\n\r\n");
    let mut stream = connect(stage.server.address);
    write!(
        stream,
        "POST {PATH}?EIO=4&transport=polling&sid={} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Transfer-Encoding: chunked\r\n\r\n{chunked}",
        poller.sid
    )
    .unwrap();
    assert_eq!(answer(stream).status, 413);
    poller.is_alive();
}

#[test]
fn two_gets_at_once_end_the_session_and_the_first_is_told() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    let (one, other) = (poller.begin("GET", ""), poller.begin("GET", ""));
    let mut answers = [answer(one), answer(other)].map(|answer| (answer.status, answer.body));
    answers.sort();
    let refused = r#"{"code":3,"message":"Bad request"}"#.to_owned();
    assert_eq!(answers, [(200, "1".to_owned()), (400, refused)]);
    poller.is_gone();
    stage.has_ended(1);
}

#[test]
fn two_posts_at_once_end_the_session() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    let first = poller.begin("POST", "4wait");
    eventually("the first is being processed", || stage.echo.begun.load(Ordering::SeqCst) == 1);
    assert_eq!(poller.post("4hello").status, 400);
    poller.is_gone();
    stage.echo.waiting.add_permits(1);
    assert_eq!(answer(first).body, "ok");
    stage.has_ended(1);
}

#[test]
fn a_malformed_body_ends_the_session() {
    let stage = Stage::set(quiet());
    let broken = ["abc", "7", "0", "2", "2probe", "4a\u{1E}", "\u{1E}", "b!", "4a\u{1E}\u{1E}4b"];
    for (sessions, body) in broken.iter().enumerate() {
        let poller = stage.poller();
        assert_eq!(poller.post(body).status, 400, "{body:?}");
        poller.is_gone();
        stage.has_ended(sessions + 1);
    }
}

#[test]
fn bytes_that_are_no_text_end_the_session() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    assert_eq!(poller.with_headers("POST", &[], b"4\xFF").status, 400);
    poller.is_gone();
    let poller = stage.poller();
    let octets = ["Content-Type: application/octet-stream"];
    assert_eq!(poller.with_headers("POST", &octets, b"4hello").status, 400);
    poller.is_gone();
    let poller = stage.poller();
    assert_eq!(poller.post("").status, 400);
    poller.is_gone();
}

#[test]
fn what_came_before_a_malformed_packet_was_processed() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    stage.echo.waiting.add_permits(2);
    assert_eq!(poller.post(&format!("4wait{RS}x{RS}4wait")).status, 400);
    assert_eq!(stage.echo.waited.load(Ordering::SeqCst), 1);
}

#[test]
fn a_poll_that_is_given_up_ends_the_session() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    let waiting = poller.begin("GET", "");
    waiting.shutdown(Shutdown::Both).unwrap();
    drop(waiting);
    stage.has_ended(1);
    poller.is_gone();
}

#[test]
fn a_client_that_hangs_up_stops_nothing_that_was_begun() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    let posted = poller.begin("POST", "4wait");
    eventually("the message is being processed", || stage.echo.begun.load(Ordering::SeqCst) == 1);
    drop(posted);
    stage.echo.waiting.add_permits(1);
    eventually("it was processed to its end", || stage.echo.waited.load(Ordering::SeqCst) == 1);
    stage.has_ended(1);
}

#[test]
fn a_post_that_is_cut_ends_the_session() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    let mut stream = connect(stage.server.address);
    write!(
        stream,
        "POST {PATH}?EIO=4&transport=polling&sid={} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n4he",
        poller.sid
    )
    .unwrap();
    drop(stream);
    stage.has_ended(1);
}

#[test]
fn a_handler_that_panics_ends_its_session_only() {
    let stage = Stage::set(quiet());
    let (poller, other) = (stage.poller(), stage.poller());
    assert_eq!(poller.post("4panic").status, 500);
    poller.is_gone();
    other.is_alive();
}

#[test]
fn a_client_that_never_polls_cannot_fill_the_memory() {
    let mut settings = quiet();
    settings.queue.frames = 10;
    let stage = Stage::set(settings);
    let poller = stage.poller();
    let client = stage.client();
    while client.send_text("more").is_ok() {}
    assert_eq!(poller.body(), "1");
    poller.is_gone();
    stage.has_ended(1);
}
