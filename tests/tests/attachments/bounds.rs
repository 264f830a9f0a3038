//! How much of a file is taken, and how much memory that takes.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use support_tests::live::wire;
use support_tests::testkit::files;
use support_tests::{Answer, Backend, Desk, Person};

use crate::form::{content_type, opening, png, upload, uploaded};
use crate::memory::{MIB, Memory};
use crate::scene::{Scene, stored};

const MAX: usize = 10 * 1024 * 1024;

#[test]
fn ten_mebibytes_are_taken_in_less_than_two_of_memory() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    // What it takes only once, such as threads, is not counted.
    for _ in 0..3 {
        let small = uploaded(&scene.ann, &scene.ticket, png("small.png", &files::png_of(300_000)));
        scene.ann.get(small["url"].as_str().unwrap()).body.clear();
    }
    let large = files::png_of(MAX);
    let memory = Memory::of(&desk);
    let file = uploaded(&scene.ann, &scene.ticket, png("large.png", &large));
    memory.stays_within(2 * MIB);
    let memory = Memory::of(&desk);
    assert!(scene.ann.get(file["url"].as_str().unwrap()).body == large, "it comes back as it was");
    memory.stays_within(2 * MIB);
    let more = files::png_of(MAX + 1);
    upload(&scene.ann, &scene.ticket, png("larger.png", &more)).refused(413, "payload_too_large");
}

/// The head of an upload, and where its form begins.
fn begin(desk: &Desk, person: &Person, ticket: &str, length: &str) -> TcpStream {
    let mut stream = wire::connect(desk.server.address().unwrap());
    let head = format!(
        "POST /support/tickets/{ticket}/attachments HTTP/1.1\r\nHost: desk\r\nAuthorization: Bearer {}\r\nContent-Type: {}\r\n{length}\r\n\r\n",
        person.http.token().unwrap(),
        content_type()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

/// The answer on a connection, up to its end.
fn answer(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    if let Err(error) = stream.read_to_end(&mut answer) {
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "the connection is closed");
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_gibibyte_is_refused_before_it_has_come() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    uploaded(&scene.ann, &scene.ticket, png("small.png", &files::png_of(300_000)));
    let memory = Memory::of(&desk);

    // One that says how long it is, is refused by that alone.
    let mut stream = begin(&desk, &scene.ann, &scene.ticket, "Content-Length: 1073741824");
    let refused = answer(&mut stream);
    assert!(refused.starts_with("HTTP/1.1 413 ") && refused.contains("payload_too_large"), "{refused}");

    // One that does not is cut off when it has gone too far.
    let mut stream = begin(&desk, &scene.ann, &scene.ticket, "Transfer-Encoding: chunked");
    let opening = opening("endless.png");
    stream.write_all(format!("{:x}\r\n{opening}\r\n", opening.len()).as_bytes()).unwrap();
    let chunk = [b"10000\r\n".as_slice(), &vec![b'x'; 0x10000], b"\r\n"].concat();
    let reading = stream.try_clone().unwrap();
    let answered = std::thread::spawn(move || reading.peek(&mut [0]));
    let mut sent = 0;
    while !answered.is_finished() && sent < 1024 * MIB && stream.write_all(&chunk).is_ok() {
        sent += 0x10000;
    }
    // The body is not over yet: a server that meant to read on would wait for more of it.
    let refused = answer(&mut stream);
    assert!(refused.starts_with("HTTP/1.1 413 ") && refused.contains("payload_too_large"), "{refused}");
    assert!(sent < 64 * MIB, "the answer came late: {sent} bytes were sent");
    memory.stays_within(2 * MIB);
    assert_eq!(stored(&desk, "attachments/objects").len(), 1);
    assert_eq!(stored(&desk, "incoming").len(), 0);
    scene.ann.get("/auth/me").is(200);
}

#[test]
fn an_upload_that_is_refused_for_something_else_is_not_read_either() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let memory = Memory::of(&desk);
    for (person, status) in
        [(&scene.bob, "404"), (&desk.person("x", &support_tests::Token::new("x", "customer")), "401")]
    {
        let mut stream = begin(&desk, person, &scene.ticket, "Content-Length: 10000000");
        // The first byte of many is enough for the server to be reading.
        stream.write_all(b"-").unwrap();
        let refused = answer(&mut stream);
        assert!(refused.starts_with(&format!("HTTP/1.1 {status} ")), "{refused}");
    }
    memory.stays_within(2 * MIB);
}
