//! Plain WebSocket connections against a running server.
#![cfg(test)]

mod common;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actix_web::web::{Payload, ServiceConfig, get};
use actix_web::{HttpRequest, HttpResponse, rt};
use common::{Got, Raw, Server, admission, admission_with, eventually};
use support_socketio::admission::{Admission, Origins};
use support_socketio::websocket::{Frame, Message, QueueLimits, SendQueue, Settings, accept};
use tungstenite::client::IntoClientRequest;

/// A transport that echoes, and keeps the queues of all who came.
struct Transport {
    admission: Arc<Admission>,
    settings: Settings,
    send_queues: Mutex<Vec<SendQueue>>,
}

impl Transport {
    fn open(settings: Settings) -> (Arc<Self>, Server) {
        Self::behind(admission(), settings)
    }

    fn behind(admission: Arc<Admission>, settings: Settings) -> (Arc<Self>, Server) {
        let transport = Arc::new(Self { admission, settings, send_queues: Mutex::default() });
        let shared = Arc::clone(&transport);
        let server = Server::start(move |config: &mut ServiceConfig| {
            let transport = Arc::clone(&shared);
            let answer = move |request: HttpRequest, payload: Payload| {
                let transport = Arc::clone(&transport);
                async move { transport.enter(&request, payload) }
            };
            config.route("/ws", get().to(answer));
        });
        (transport, server)
    }

    fn enter(&self, request: &HttpRequest, payload: Payload) -> actix_web::Result<HttpResponse> {
        let permit = self.admission.admit(request)?;
        let (response, mut connection) = accept(request, payload, &self.settings, &["chat"], permit)?;
        self.send_queues.lock().unwrap().push(connection.send_queue().clone());
        rt::spawn(async move {
            while let Some(message) = connection.receive().await {
                connection.permit().mark_authenticated();
                let frame = match message {
                    Message::Text(text) => Frame::text(&text),
                    Message::Binary(bytes) => Frame::binary(&bytes),
                };
                let _ = connection.send_queue().push(frame);
            }
        });
        Ok(response)
    }

    fn send_queue(&self, number: usize) -> SendQueue {
        eventually("the connection is open", || self.send_queues.lock().unwrap().len() > number);
        self.send_queues.lock().unwrap()[number].clone()
    }
}

fn quiet() -> Settings {
    Settings { ping_interval: Duration::MAX, close_grace: Duration::from_millis(300), ..Settings::default() }
}

fn code_of(send: &[u8]) -> Option<u16> {
    let (_transport, server) = Transport::open(quiet());
    let mut raw = Raw::open(server.address, "/ws");
    raw.write(send);
    raw.closed()
}

#[test]
fn the_handshake_is_answered_with_what_it_takes_and_nothing_besides() {
    let (_transport, server) = Transport::open(quiet());
    let mut stream = common::connect(server.address);
    std::io::Write::write_all(&mut stream, common::handshake("/ws").as_bytes()).unwrap();
    let head = common::read_head(&mut stream);
    let mut lines: Vec<&str> = head.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.remove(0), "HTTP/1.1 101 Switching Protocols");
    lines.retain(|line| !line.starts_with("date: "));
    lines.sort_unstable();
    let accept = "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    assert_eq!(lines, ["connection: upgrade", accept, "upgrade: websocket"]);
}

#[test]
fn messages_come_back_as_they_were_sent() {
    let (_transport, server) = Transport::open(quiet());
    let (mut client, _) = tungstenite::connect(format!("ws://{}/ws", server.address)).unwrap();
    for length in [0, 1, 125, 126, 65_535, 65_536] {
        let text = "x".repeat(length);
        client.send(tungstenite::Message::text(text.clone())).unwrap();
        assert_eq!(client.read().unwrap(), tungstenite::Message::text(text));
        client.send(tungstenite::Message::binary(vec![0xFF; length])).unwrap();
        assert_eq!(client.read().unwrap(), tungstenite::Message::binary(vec![0xFF; length]));
    }
}

#[test]
fn a_message_in_pieces_is_one_and_pings_between_are_answered() {
    let (_transport, server) = Transport::open(quiet());
    let mut raw = Raw::open(server.address, "/ws");
    raw.frame(0x01, b"Hel");
    raw.frame(0x89, b"there?");
    raw.frame(0x80, b"lo");
    assert_eq!(raw.next(), Got::Pong(b"there?".to_vec()));
    assert_eq!(raw.next(), Got::Text("Hello".into()));
}

#[test]
fn frames_that_follow_the_handshake_at_once_are_read() {
    let (_transport, server) = Transport::open(quiet());
    let mut request = common::handshake("/ws").into_bytes();
    request.extend(common::masked(0x81, b"early"));
    let mut stream = common::connect(server.address);
    std::io::Write::write_all(&mut stream, &request).unwrap();
    assert!(common::read_head(&mut stream).starts_with("HTTP/1.1 101 "));
    assert_eq!(Raw(stream).next_text(), "early");
}

#[test]
fn a_length_of_a_gibibyte_is_refused_by_its_header() {
    let header = [&[0x82, 0xFF][..], &(1_u64 << 30).to_be_bytes(), &[0; 4]].concat();
    assert_eq!(code_of(&header), Some(1_009));
}

#[test]
fn what_follows_a_refused_header_is_thrown_away_until_the_grace_is_over() {
    let (transport, server) = Transport::open(quiet());
    let mut raw = Raw::open(server.address, "/ws");
    let queue = transport.send_queue(0);
    raw.write(&[&[0x82, 0xFF][..], &(1_u64 << 30).to_be_bytes(), &[0; 4]].concat());
    // It ends by itself: once the server has cut the connection, nothing can be written.
    while std::io::Write::write_all(&mut raw.0, &vec![0; 65_536]).is_ok() {}
    assert!(queue.is_closed());
    eventually("the connection is gone", || transport.admission.connections() == 0);
}

#[test]
fn a_message_beyond_the_limit_is_1009_in_one_piece_or_many() {
    assert_eq!(code_of(&common::masked(0x82, &vec![0; 65_537])), Some(1_009));
    let pieces = [common::masked(0x02, &vec![0; 40_000]), common::masked(0x80, &vec![0; 40_000])].concat();
    assert_eq!(code_of(&pieces), Some(1_009));
}

#[test]
fn a_broken_protocol_is_1002_and_broken_text_1007() {
    assert_eq!(code_of(b"\x81\x05Hello"), Some(1_002), "not masked");
    assert_eq!(code_of(&common::masked(0xF1, b"")), Some(1_002), "reserved bits");
    assert_eq!(code_of(&common::masked(0x83, b"")), Some(1_002), "opcode");
    assert_eq!(code_of(&common::masked(0x80, b"")), Some(1_002), "continuation");
    assert_eq!(code_of(&common::masked(0x09, b"")), Some(1_002), "a ping in pieces");
    assert_eq!(code_of(&common::masked(0x88, b"\x03")), Some(1_002), "half a close code");
    assert_eq!(code_of(&common::masked(0x81, b"\xFF")), Some(1_007));
}

#[test]
fn a_client_that_closes_gets_its_code_back_and_the_connection_ends_at_once() {
    // So long that the test would fail if anything waited for it.
    let (transport, server) = Transport::open(Settings { close_grace: Duration::from_mins(10), ..quiet() });
    let mut raw = Raw::open(server.address, "/ws");
    raw.close(4_000);
    assert_eq!(raw.next(), Got::Close(Some(4_000)));
    assert_eq!(raw.next(), Got::End);
    eventually("the connection is gone", || transport.admission.connections() == 0);
    let mut raw = Raw::open(server.address, "/ws");
    raw.frame(0x88, b"");
    assert_eq!(raw.next(), Got::Close(None));
    assert_eq!(raw.next(), Got::End);
}

#[test]
fn what_is_queued_is_sent_before_the_close_frame() {
    let (transport, server) = Transport::open(quiet());
    let mut raw = Raw::open(server.address, "/ws");
    let send_queue = transport.send_queue(0);
    for number in 0..100 {
        send_queue.push(Frame::text(&number.to_string())).unwrap();
    }
    send_queue.close(4_401, "expired");
    assert!(send_queue.push(Frame::text("late")).is_err());
    for number in 0..100 {
        assert_eq!(raw.next_text(), number.to_string());
    }
    assert_eq!(raw.closed(), Some(4_401));
}

#[test]
fn a_client_that_does_not_answer_the_close_frame_is_cut() {
    let (transport, server) = Transport::open(quiet());
    let mut raw = Raw::open(server.address, "/ws");
    transport.send_queue(0).close(1_001, "away");
    assert_eq!(raw.next(), Got::Close(Some(1_001)));
    assert_eq!(raw.next(), Got::End);
    eventually("the connection is gone", || transport.admission.connections() == 0);
}

#[test]
fn a_client_that_vanishes_leaves_nothing_behind() {
    let (transport, server) = Transport::open(quiet());
    let raw = Raw::open(server.address, "/ws");
    let send_queue = transport.send_queue(0);
    assert_eq!(transport.admission.connections(), 1);
    drop(raw);
    eventually("the connection is gone", || transport.admission.connections() == 0);
    assert!(send_queue.push(Frame::text("?")).is_err());
}

#[test]
fn silence_after_a_ping_ends_the_connection() {
    let beat = Duration::from_millis(30);
    let (_transport, server) =
        Transport::open(Settings { ping_interval: beat, ping_timeout: beat, ..quiet() });
    let mut raw = Raw::open(server.address, "/ws");
    assert_eq!(raw.next(), Got::Ping);
    assert_eq!(raw.closed(), Some(1_008));
}

#[test]
fn who_is_heard_is_pinged_again() {
    let (ping_interval, ping_timeout) = (Duration::from_millis(30), Duration::from_mins(10));
    let (_transport, server) = Transport::open(Settings { ping_interval, ping_timeout, ..quiet() });
    let mut raw = Raw::open(server.address, "/ws");
    for answer in [0x8A, 0x8A, 0x89] {
        assert_eq!(raw.next(), Got::Ping);
        raw.frame(answer, b"");
    }
    assert_eq!(raw.next(), Got::Pong(vec![]));
    assert_eq!(raw.next(), Got::Ping);
}

#[test]
fn a_slow_reader_is_cut_while_the_others_go_on() {
    let settings = Settings { queue: QueueLimits { frames: 64, bytes: 1 << 20 }, ..quiet() };
    let (transport, server) = Transport::open(settings);
    let slow = Raw::open(server.address, "/ws");
    let slow_queue = transport.send_queue(0);
    let mut quick = Raw::open(server.address, "/ws");
    let quick_queue = transport.send_queue(1);
    let frame = Frame::binary(&vec![0; 60_000]);
    let begun = Instant::now();
    while slow_queue.push(frame.clone()).is_ok() {
        quick_queue.push(frame.clone()).unwrap();
        assert_eq!(quick.next(), Got::Binary(vec![0; 60_000]));
        assert!(begun.elapsed() < common::PATIENCE, "the slow one is never found out");
    }
    eventually("the slow one is cut", || transport.admission.connections() == 1);
    quick.text("still here");
    assert_eq!(quick.next_text(), "still here");
    drop(slow);
}

#[test]
fn handshakes_that_are_none_are_refused() {
    let (transport, server) = Transport::open(quiet());
    let upgrade = ["Upgrade: websocket", "Connection: Upgrade"];
    let key = format!("Sec-WebSocket-Key: {}", common::KEY);
    let refused = |headers: &[&str]| {
        Raw::try_open_with(server.address, "/ws", headers).err().expect("a refusal").status
    };
    assert_eq!(refused(&["Sec-WebSocket-Version: 13", &key]), 400);
    assert_eq!(refused(&[upgrade[0], upgrade[1], "Sec-WebSocket-Version: 8", &key]), 426);
    assert_eq!(refused(&[upgrade[0], upgrade[1], "Sec-WebSocket-Version: 13"]), 400);
    assert_eq!(
        refused(&[upgrade[0], upgrade[1], "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: short"]),
        400
    );
    assert_eq!(
        refused(&[upgrade[0], upgrade[1], "Sec-WebSocket-Version: 13", &key, "Content-Length: 5"]),
        400
    );
    eventually("nobody is registered", || transport.admission.connections() == 0);
}

#[test]
fn the_chosen_subprotocol_is_answered_and_no_extension() {
    let (_transport, server) = Transport::open(quiet());
    let mut request = format!("ws://{}/ws", server.address).into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "chat, other".parse().unwrap());
    request.headers_mut().insert("sec-websocket-extensions", "permessage-deflate".parse().unwrap());
    let (_client, response) = tungstenite::connect(request).unwrap();
    assert_eq!(response.headers()["sec-websocket-protocol"], "chat");
    assert!(!response.headers().contains_key("sec-websocket-extensions"));
}

#[test]
fn pages_of_other_origins_are_refused() {
    let (_transport, server) = Transport::open(quiet());
    let with = |origin: &str| Raw::try_open(server.address, "/ws", &[&format!("Origin: {origin}")]);
    assert_eq!(with("https://evil.example").err().expect("a refusal").status, 403);
    assert!(with("https://friend.example").is_ok());
    assert!(with(&format!("http://{}", server.address)).is_ok());
}

#[test]
fn an_address_has_so_many_places_until_its_connections_are_authenticated() {
    let (_transport, server) = Transport::behind(admission_with(Origins::Any, Some(1)), quiet());
    let mut first = Raw::open(server.address, "/ws");
    let refused = Raw::try_open(server.address, "/ws", &[]).err().expect("a refusal");
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").is_some());
    first.text("hello");
    assert_eq!(first.next_text(), "hello");
    Raw::open(server.address, "/ws");
}

#[test]
fn a_drain_closes_everybody_with_its_code_and_lets_nobody_in() {
    let (transport, server) = Transport::open(quiet());
    let mut clients: Vec<Raw> = (0..10).map(|_| Raw::open(server.address, "/ws")).collect();
    let shared = Arc::clone(&transport.admission);
    let drain = std::thread::spawn(move || {
        rt::System::new().block_on(shared.drain(1_001, "away", Duration::from_millis(100)));
    });
    for client in &mut clients {
        assert_eq!(client.closed(), Some(1_001));
    }
    drain.join().unwrap();
    assert_eq!(transport.admission.connections(), 0);
    let refused = Raw::try_open(server.address, "/ws", &[]).err().expect("a refusal");
    assert_eq!(refused.status, 503);
    assert!(refused.header("retry-after").is_some());
}
