//! What clients are told when the server stops.

use std::io::{Read, Write};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support_tests::live::wire::{connect, handshake};
use support_tests::live::{Client, Transport};
use support_tests::load::{in_parallel, wait_until};
use support_tests::{Backend, Desk, Person, text};

use crate::figures::assert_log_is_clean;
use crate::scene::{Scene, figure, say, sessions};

const SOCKETS: usize = 1_000;
/// What `docs/contract.md`, section 1, gives the server to end.
const PROMISED: Duration = Duration::from_secs(10);
/// Close code: the server goes away.
const GOING_AWAY: u16 = 1001;

#[test]
fn a_thousand_clients_are_told_that_the_server_goes() {
    let mut desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let numbers: Vec<usize> = (0..SOCKETS).collect();
    let people: [&Person; 3] = [&scene.ann, &scene.lou, &desk.admin()];
    let mut clients: Vec<Client> = in_parallel(
        &numbers,
        || (),
        |(), number| {
            let mut client = Transport::BOTH[number % 2].enter(&desk, people[number % people.len()]);
            if number % 4 < 2 {
                client.join(&scene.ticket);
            }
            client
        },
    );
    for transport in Transport::BOTH {
        assert_eq!(sessions(&desk, transport), 500, "{transport:?}");
    }
    // Those who have not said who they are yet are told as well.
    clients.extend(
        Transport::BOTH.map(|transport| transport.open(desk.server.address().unwrap(), &[]).unwrap()),
    );
    let last = say(&scene.ann, &scene.ticket, "Are you there?");

    let asked = Instant::now();
    desk.server.ask_to_stop().unwrap();
    for (number, mut client) in clients.into_iter().enumerate() {
        let end = client.ends();
        assert_eq!(end.code, Some(GOING_AWAY), "client {number}, by {:?}", client.transport());
        if number < SOCKETS && number % 4 < 2 {
            let heard = end.heard.last().map(|event| &event.data);
            assert_eq!(heard, Some(&last), "what was said before should be heard before the end");
        }
    }
    let status = desk.server.ended().unwrap();
    let taken = asked.elapsed();
    eprintln!("{SOCKETS} sockets were closed and the server ended in {taken:?}");
    assert_eq!(status.code(), Some(0), "{}", desk.server.log());
    assert!(taken < PROMISED, "the server should end within {PROMISED:?}, not {taken:?}");
    assert_log_is_clean(&desk);
}

#[test]
fn clients_that_do_not_listen_do_not_keep_it() {
    let mut desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let mut clients: Vec<Client> =
        (0..40).map(|number: usize| Transport::BOTH[number % 2].enter(&desk, &scene.ann)).collect();
    for client in &mut clients {
        client.join(&scene.ticket);
    }
    (0..20).for_each(|_| drop(say(&scene.lou, &scene.ticket, &"x".repeat(10_000))));
    let asked = Instant::now();
    // Nobody reads, and nobody answers the closing handshake.
    let status = desk.server.stop().unwrap();
    assert_eq!(status.code(), Some(0), "{}", desk.server.log());
    let taken = asked.elapsed();
    assert!(taken < PROMISED, "the server should end within {PROMISED:?}, not {taken:?}");
    drop(clients);
}

#[test]
fn a_long_poll_is_answered_when_the_server_goes() {
    let mut desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let (nobody, polling) = (desk.nobody(), "/socket.io/?EIO=4&transport=polling");
    let opened = nobody.get(polling).text();
    let opened: Value = serde_json::from_str(opened.trim_start_matches('0')).unwrap();
    let session = format!("{polling}&sid={}", text(&opened["sid"]));
    let entry = format!("40/support,{}", json!({ "token": scene.ann.http.token() }));
    let posted = nobody.send("POST", &session, |request| request.body("text/plain", entry));
    assert_eq!(posted.text(), "ok");
    assert!(nobody.get(&session).text().starts_with("40/support,"));
    let asked = thread::scope(|scope| {
        let poll = scope.spawn(|| nobody.get(&session));
        // The question for the figures is one of the requests.
        wait_until("the poll waits", || figure(&desk, "support_http_requests_in_flight") == 2).unwrap();
        let asked = Instant::now();
        desk.server.ask_to_stop().unwrap();
        let answer = poll.join().unwrap();
        assert_eq!((answer.status, answer.text().as_str()), (200, "1"), "{answer:?}");
        asked
    });
    assert_eq!(desk.server.ended().unwrap().code(), Some(0), "{}", desk.server.log());
    assert!(
        asked.elapsed() < PROMISED,
        "the server should end within {PROMISED:?}, not {:?}",
        asked.elapsed()
    );
}

#[test]
fn nobody_comes_in_any_more() {
    let mut desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let address = desk.server.address().unwrap();
    // A connection that is open already, on which a handshake is still to come.
    let mut late: Vec<_> = Transport::BOTH.map(|transport| (transport, connect(address))).into();
    let mut witness = Transport::Plain.enter(&desk, &scene.ann);
    desk.server.ask_to_stop().unwrap();
    assert_eq!(witness.ends().code, Some(GOING_AWAY));
    for (transport, stream) in &mut late {
        let handshake = handshake(transport.path(), "Connection: close\r\n");
        let _ = stream.write_all(handshake.as_bytes());
        let mut answer = String::new();
        // Whether it is still answered or just closed: it is not let in.
        let _ = stream.read_to_string(&mut answer);
        let status = answer.split(' ').nth(1);
        assert!([None, Some("503")].contains(&status), "{transport:?}: {answer}");
    }
    assert_eq!(desk.server.ended().unwrap().code(), Some(0));
}
