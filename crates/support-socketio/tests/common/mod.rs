//! A server on a free port, and clients that speak byte by byte.
#![expect(dead_code, reason = "every test file needs some of it")]

pub(crate) mod polling;

use std::fmt::Write as _;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::ServiceConfig;
use actix_web::{App, HttpServer, rt};
use support_socketio::admission::{Admission, AdmissionSettings, Origins};
use support_socketio::tcp;

/// How long a test waits for what must come. It is never waited for when it comes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn admission() -> Arc<Admission> {
    admission_with(Origins::Listed(vec!["https://friend.example".into()]), None)
}

pub(crate) fn admission_with(origins: Origins, handshakes_per_address: Option<usize>) -> Arc<Admission> {
    Arc::new(Admission::new(AdmissionSettings { origins, handshakes_per_address, behind_proxy: false }))
}

/// A running server; dropping it stops it.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server with two workers.
    pub(crate) fn start(configure: impl Fn(&mut ServiceConfig) + Clone + Send + 'static) -> Self {
        let (sender, receiver) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            rt::System::new().block_on(async move {
                let server = HttpServer::new(move || App::new().configure(configure.clone()))
                    .workers(2)
                    .on_connect(tcp::remember)
                    .h1_allow_half_closed(false)
                    .disable_signals()
                    .bind("127.0.0.1:0")
                    .unwrap();
                let address = server.addrs()[0];
                let server = server.run();
                sender.send((address, server.handle())).unwrap();
                server.await.unwrap();
            });
        });
        let (address, handle) = receiver.recv().unwrap();
        Self { address, handle, thread: Some(thread) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let handle = self.handle.clone();
        rt::System::new().block_on(handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Waits until something is so, which must come about by itself.
pub(crate) fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// An HTTP response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }
}

/// Sends a request on a connection of its own.
pub(crate) fn send(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[&str],
    body: &[u8],
) -> TcpStream {
    let mut stream = connect(address);
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    if !body.is_empty() {
        write!(head, "Content-Length: {}\r\n", body.len()).unwrap();
    }
    head.push_str("\r\n");
    let mut request = head.into_bytes();
    request.extend(body);
    stream.write_all(&request).unwrap();
    stream
}

/// Reads the answer of a connection that the server closes after it.
pub(crate) fn answer(mut stream: TcpStream) -> Answer {
    let mut bytes = Vec::new();
    if let Err(error) = stream.read_to_end(&mut bytes) {
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "no answer: {error}");
    }
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body = if head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
        unchunked(body)
    } else {
        body.into()
    };
    Answer { status, head: head.to_owned(), body }
}

fn unchunked(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        whole.push_str(&rest[..size]);
        body = rest[size..].trim_start_matches("\r\n");
    }
    whole
}

pub(crate) fn request(address: SocketAddr, method: &str, path: &str, body: &[u8]) -> Answer {
    answer(send(address, method, path, &[], body))
}

pub(crate) fn get(address: SocketAddr, path: &str) -> Answer {
    request(address, "GET", path, b"")
}

/// Reads up to the end of a response's head, and nothing of what follows.
pub(crate) fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}

/// A WebSocket handshake.
pub(crate) fn handshake(path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
    )
}

/// A frame of the server.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Got {
    Text(String),
    Binary(Vec<u8>),
    Ping,
    Pong(Vec<u8>),
    Close(Option<u16>),
    /// The server ended the connection.
    End,
}

/// A WebSocket client that sends whatever it is told to.
pub(crate) struct Raw(pub(crate) TcpStream);

pub(crate) const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

impl Raw {
    pub(crate) fn open(address: SocketAddr, path: &str) -> Self {
        match Self::try_open(address, path, &[]) {
            Ok(raw) => raw,
            Err(answer) => panic!("refused: {answer:?}"),
        }
    }

    pub(crate) fn try_open(address: SocketAddr, path: &str, headers: &[&str]) -> Result<Self, Answer> {
        let key = format!("Sec-WebSocket-Key: {KEY}");
        let usual = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", &key];
        Self::try_open_with(address, path, &[&usual, headers].concat())
    }

    /// With these headers and no others but the host.
    pub(crate) fn try_open_with(address: SocketAddr, path: &str, headers: &[&str]) -> Result<Self, Answer> {
        let mut stream = connect(address);
        let mut head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n");
        for header in headers {
            head.push_str(header);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let head = read_head(&mut stream);
        if head.starts_with("HTTP/1.1 101 ") {
            return Ok(Self(stream));
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        stream.read_exact(&mut body).unwrap();
        Err(Answer { status, head, body: String::from_utf8(body).unwrap() })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
    }

    /// Sends a frame with this first byte.
    pub(crate) fn frame(&mut self, first: u8, payload: &[u8]) {
        let frame = masked(first, payload);
        self.write(&frame);
    }

    pub(crate) fn text(&mut self, payload: &str) {
        self.frame(0x81, payload.as_bytes());
    }

    pub(crate) fn binary(&mut self, payload: &[u8]) {
        self.frame(0x82, payload);
    }

    pub(crate) fn close(&mut self, code: u16) {
        self.frame(0x88, &code.to_be_bytes());
    }

    /// The next frame, whatever it is.
    pub(crate) fn next(&mut self) -> Got {
        let mut head = [0; 2];
        match self.0.read_exact(&mut head) {
            Ok(()) => {}
            Err(error) if matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset) => {
                return Got::End;
            }
            Err(error) => panic!("nothing came: {error}"),
        }
        let length = match head[1] {
            126 => {
                let mut length = [0; 2];
                self.0.read_exact(&mut length).unwrap();
                usize::from(u16::from_be_bytes(length))
            }
            127 => {
                let mut length = [0; 8];
                self.0.read_exact(&mut length).unwrap();
                usize::try_from(u64::from_be_bytes(length)).unwrap()
            }
            length => usize::from(length),
        };
        let mut payload = vec![0; length];
        self.0.read_exact(&mut payload).unwrap();
        match head[0] & 0x0F {
            1 => Got::Text(String::from_utf8(payload).unwrap()),
            2 => Got::Binary(payload),
            8 => Got::Close(payload.first_chunk().map(|code| u16::from_be_bytes(*code))),
            9 => Got::Ping,
            _ => Got::Pong(payload),
        }
    }

    /// The next text message.
    pub(crate) fn next_text(&mut self) -> String {
        match self.next() {
            Got::Text(text) => text,
            other => panic!("no text but {other:?}"),
        }
    }

    /// The code with which the server closes, skipping what comes before, and that it ends the connection
    /// then.
    pub(crate) fn closed(&mut self) -> Option<u16> {
        let code = loop {
            match self.next() {
                Got::Close(code) => break code,
                Got::End => panic!("the server left without a close frame"),
                _ => {}
            }
        };
        let _ = self.0.write_all(&masked(0x88, &code.map(u16::to_be_bytes).unwrap_or_default()));
        assert_eq!(self.next(), Got::End);
        code
    }
}

/// A client's frame.
pub(crate) fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [1, 2, 3, 4];
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..126 => frame.push(0x80 | u8::try_from(length).unwrap()),
        length @ 126..65_536 => {
            frame.push(0xFE);
            frame.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
        length => {
            frame.push(0xFF);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend(MASK);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, key)| byte ^ key));
    frame
}
