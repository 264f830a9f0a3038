//! Ten thousand connections that never get to the point.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use support_tests::live::wire::{self, Wire};
use support_tests::live::{Client, Transport};
use support_tests::load::in_parallel;
use support_tests::{Answer, Backend, Desk};

use crate::figures::assert_log_is_clean;
use crate::memory::{MIB, Memory};
use crate::scene::Scene;

const CONNECTIONS: usize = 10_000;
/// So many of an address are let in before they are known.
const MAX_HANDSHAKES: usize = 1_000;
/// How long somebody unknown is let wait, at the least, before their place is free again: five seconds.
const PATIENCE: Duration = Duration::from_secs(5);
/// What the server may keep of all of them together: 8 KiB of each.
const MOST_MEMORY: u64 = 80 * MIB;
/// After so many connections those who are known say something.
const STEP: usize = 500;

/// What is left undone on a connection.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Begun {
    /// It is open, and that is all.
    Connection,
    /// The request has no end.
    Request,
    /// A WebSocket of a transport without a token.
    WebSocket(Transport),
    /// A session of Engine.IO whose client does not come back.
    Polling,
}

/// What one of many does.
fn begun(number: usize) -> Begun {
    match number % 8 {
        0 => Begun::Connection,
        1 => Begun::Request,
        2 | 3 => Begun::WebSocket(Transport::SocketIo),
        4 | 5 => Begun::Polling,
        _ => Begun::WebSocket(Transport::Plain),
    }
}

/// Opens a connection and leaves it so; answers it and the status of the response, where one is to be
/// expected.
fn open(address: SocketAddr, begun: Begun) -> (TcpStream, Option<u16>) {
    let request = match begun {
        Begun::Connection => String::new(),
        Begun::Request => format!("GET {} HTTP/1.1\r\nHost: x\r\nUpgrade: webso", Transport::Plain.path()),
        Begun::WebSocket(transport) => wire::handshake(transport.path(), ""),
        Begun::Polling => "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
    };
    let mut wire = Wire(wire::connect(address));
    wire.0.write_all(request.as_bytes()).unwrap();
    let status = match begun {
        Begun::Connection | Begun::Request => None,
        Begun::WebSocket(_) | Begun::Polling => {
            let head = wire.head();
            head.split(' ').nth(1).and_then(|status| status.parse().ok())
        }
    };
    (wire.0, status)
}

/// Lets this process, and the server that it starts, have as many connections as the system lets it.
fn raise_descriptors() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }).unwrap();
    let most = limit.maximum.unwrap_or(u64::MAX);
    assert!(most > CONNECTIONS as u64 + 500, "this test needs more open files than {most}");
}

#[test]
fn ten_thousand_half_open_handshakes_harm_nobody() {
    raise_descriptors();
    let desk = Desk::start_with(Backend::Sqlite, |builder| builder.env("SUPPORT_RATE_LIMITS", "on")).unwrap();
    let scene = Scene::set(&desk);
    let address = desk.server.address().unwrap();
    let mut ann = Transport::Plain.enter(&desk, &scene.ann);
    let mut lou = Transport::SocketIo.enter(&desk, &scene.lou);
    ann.join(&scene.ticket);
    lou.join(&scene.ticket);
    let talk = |ann: &mut Client, lou: &mut Client| {
        let said = ann.say(&scene.ticket, "Are you there?");
        assert_eq!(lou.hears("new_message"), said, "those who are known go on talking");
        assert_eq!(ann.hears("new_message"), said);
    };

    let memory = Memory::of(&desk);
    let started = Instant::now();
    let (mut waiting, mut refused, mut admitted) = (Vec::new(), Vec::new(), 0);
    let numbers: Vec<usize> = (0..CONNECTIONS).collect();
    for step in numbers.chunks(STEP) {
        for (number, (stream, status)) in
            step.iter().zip(in_parallel(step, || (), |(), number| open(address, begun(*number))))
        {
            match status {
                None => waiting.push((stream, begun(*number))),
                Some(200 | 101) => {
                    admitted += 1;
                    waiting.push((stream, begun(*number)));
                }
                Some(429) => refused.push(stream),
                other => panic!("a handshake should be let in or get 429, not {other:?}"),
            }
        }
        talk(&mut ann, &mut lou);
    }
    // Whoever was let in had a place for at least as long as the patience with them.
    let rounds = usize::try_from(started.elapsed().as_secs() / PATIENCE.as_secs()).unwrap() + 1;
    eprintln!("{admitted} let in and {} refused in {:?}", refused.len(), started.elapsed());
    assert!(admitted <= MAX_HANDSHAKES * rounds, "{admitted} were let in within {rounds} times {PATIENCE:?}");
    assert!(admitted >= MAX_HANDSHAKES, "as many as may wait are let in, not only {admitted}");
    memory.stays_within(MOST_MEMORY);

    // While all of them are there, somebody new can still come in, by HTTP.
    desk.admin().get("/support/tickets").is(200);
    talk(&mut ann, &mut lou);
    // The server ends all who were let in and say nothing more; a request that was answered in full has done
    // nothing wrong, and its connection may stay a little.
    drop(refused);
    for (stream, begun) in waiting.iter_mut().filter(|(_, begun)| *begun != Begun::Polling) {
        ends(stream, *begun);
    }
    talk(&mut ann, &mut lou);
    memory.stays_within(MOST_MEMORY);
    // There is room again.
    for transport in Transport::BOTH {
        let mut somebody = transport.enter(&desk, &scene.bob);
        somebody.done("join_ticket_room", &json!({ "ticketId": scene.other }));
    }
    assert_log_is_clean(&desk);
}

/// Reads to the end, which the server must bring about by itself.
fn ends(stream: &mut TcpStream, begun: Begun) {
    let mut bytes = [0; 4096];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return,
            Err(error) => panic!("the server should end what has only {begun:?}: {error}"),
        }
    }
}
