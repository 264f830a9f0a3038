//! Callers that connect and do not come to the point.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use support_tests::testkit::Server;

use crate::authority::Authority;
use crate::s_client::exchange;

/// The head of a handshake that promises 512 bytes (RFC 8446, section 5.1).
const BEGINNING: [u8; 5] = [0x16, 0x03, 0x01, 0x02, 0x00];
/// No more of it would ever end the handshake.
const MOST: usize = 500;

/// Whether the server has not closed a connection yet on which it sends nothing.
fn is_open(mut stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    stream.read(&mut [0]).is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
}

/// Sends a handshake a byte a second until the server closes; false if it never does.
fn is_closed_in_the_end(mut stream: TcpStream, handshake: &[u8]) -> bool {
    stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    let mut handshake = handshake.iter();
    for _ in 0..MOST {
        match stream.read(&mut [0; 64]) {
            Ok(0) => return true,
            // An alert, after which it closes.
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                if let Some(byte) = handshake.next() {
                    // It fails when the server was faster, which the next look shows.
                    let _ = stream.write_all(&[*byte]);
                }
            }
            Err(_) => return true,
        }
    }
    false
}

#[test]
fn a_handshake_that_does_not_end_is_ended() {
    let authority = Authority::new();
    let server = crate::server(&authority, "desk");
    let address = server.address().unwrap();
    let slow = [&BEGINNING[..], &[0; MOST]].concat();
    std::thread::scope(|scope| {
        for handshake in [&[][..], &BEGINNING, &slow] {
            scope.spawn(move || {
                let stream = TcpStream::connect(address).unwrap();
                assert!(is_closed_in_the_end(stream, handshake), "{} bytes", handshake.len());
            });
        }
    });
}

#[test]
fn the_silent_do_not_keep_others_out() {
    let authority = Authority::new();
    authority.serve("desk");
    let builder = Server::builder().env("SUPPORT_TLS_CERT", authority.at("served.pem"));
    let builder = builder.env("SUPPORT_TLS_KEY", authority.at("served.key")).env("SUPPORT_WORKERS", "1");
    let server = builder.start().unwrap();
    let address = server.address().unwrap();
    // Whoever is kept out by them gets in once the first of them is closed. A slow machine may close it by
    // then all the same, so there are a few attempts.
    let gets_in = || {
        let silent: Vec<TcpStream> = (0..300).map(|_| TcpStream::connect(address).unwrap()).collect();
        let request = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let answer = exchange(&authority, address, request);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        is_open(&silent[0])
    };
    assert!((0..5).any(|_| gets_in()), "300 connections that say nothing should not hold up one that does");
}
