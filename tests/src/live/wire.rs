//! A WebSocket (RFC 6455) byte by byte, for clients that do not keep to the protocol.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Instant;

use super::{DEADLINE, Transport};

/// Opcodes of frames (section 5.2), with the bit of a frame that is the last of its message.
pub mod first {
    /// A whole text.
    pub const TEXT: u8 = 0x81;
    /// A text of which more follows.
    pub const TEXT_BEGINS: u8 = 0x01;
    /// More of a message, of which more follows.
    pub const MORE: u8 = 0x00;
    /// The last of a message.
    pub const LAST: u8 = 0x80;
    /// Whole binary data.
    pub const BINARY: u8 = 0x82;
    /// The end.
    pub const CLOSE: u8 = 0x88;
    /// A question whether the other side is there.
    pub const PING: u8 = 0x89;
}

/// What came in a frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Frame {
    /// Text.
    Text(String),
    /// The answer to a ping.
    Pong(Vec<u8>),
    /// The closing handshake, with its code if it has one.
    Close(Option<u16>),
    /// Any other one, by its first byte.
    Other(u8, Vec<u8>),
}

/// A connection that sends whatever it is told to.
#[derive(Debug)]
pub struct Wire(pub TcpStream);

/// A connection on which neither reading nor writing waits for ever.
#[track_caller]
pub fn connect(address: SocketAddr) -> TcpStream {
    let connected = TcpStream::connect(address).and_then(|stream| {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(DEADLINE))?;
        stream.set_write_timeout(Some(DEADLINE))?;
        Ok(stream)
    });
    match connected {
        Ok(stream) => stream,
        Err(error) => panic!("failed to connect to {address}: {error}"),
    }
}

/// The request that opens a WebSocket, with these lines among its headers.
pub fn handshake(path: &str, lines: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{lines}\r\n"
    )
}

/// A frame as a client sends it: masked.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x5A, 0x17, 0xC3, 0x88];
    let mut frame = header(first, payload.len() as u64);
    frame.extend(MASK);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// The header of a frame that claims to be masked and to have so many bytes, up to its mask.
pub fn header(first: u8, length: u64) -> Vec<u8> {
    let [.., second, last] = length.to_be_bytes();
    let (short, long) = match length {
        0..126 => (last, Vec::new()),
        126..65_536 => (126, vec![second, last]),
        _ => (127, length.to_be_bytes().to_vec()),
    };
    [vec![first, 0x80 | short], long].concat()
}

impl Wire {
    /// Opens a WebSocket by a transport with a token in the header.
    #[track_caller]
    pub fn open(address: SocketAddr, transport: Transport, token: &str) -> Self {
        let mut wire = Self(connect(address));
        wire.write(handshake(transport.path(), &format!("Authorization: Bearer {token}\r\n")).as_bytes());
        let head = wire.head();
        assert!(head.starts_with("HTTP/1.1 101 "), "{transport:?} should let everybody in: {head}");
        if transport == Transport::SocketIo {
            let opened = wire.receive();
            assert!(matches!(&opened, Some(Frame::Text(text)) if text.starts_with("0{")), "{opened:?}");
            wire.write(&frame(first::TEXT, b"40/support,"));
            let entered = wire.receive();
            assert!(
                matches!(&entered, Some(Frame::Text(text)) if text.starts_with("40/support,")),
                "{entered:?}"
            );
        }
        wire
    }

    /// Sends bytes. The server may have left.
    pub fn write(&mut self, bytes: &[u8]) {
        let _ = self.0.write_all(bytes);
    }

    /// The head of a response, without what follows.
    #[track_caller]
    pub fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let Some([byte]) = self.exactly() else { panic!("the server left within a head: {head:?}") };
            head.push(byte);
        }
        String::from_utf8_lossy(&head).into_owned()
    }

    /// The next frame; `None` at the end.
    #[track_caller]
    pub fn receive(&mut self) -> Option<Frame> {
        let [first, second] = self.exactly()?;
        let length = match second {
            127 => u64::from_be_bytes(self.exactly()?),
            126 => u64::from(u16::from_be_bytes(self.exactly()?)),
            short @ 0..126 => u64::from(short),
            _ => panic!("a server's frames should not be masked"),
        };
        let mut payload = vec![0; usize::try_from(length).unwrap_or_default()];
        self.fill(&mut payload)?;
        Some(match first {
            first::TEXT => Frame::Text(String::from_utf8_lossy(&payload).into_owned()),
            0x8A => Frame::Pong(payload),
            first::CLOSE => Frame::Close(payload.first_chunk().map(|code| u16::from_be_bytes(*code))),
            first => Frame::Other(first, payload),
        })
    }

    /// The code with which the server closes, whatever it says before, after which it must end the connection
    /// without being asked to.
    #[track_caller]
    pub fn closes(&mut self) -> Option<u16> {
        let begun = Instant::now();
        let code = loop {
            match self.receive() {
                Some(Frame::Close(code)) => break code,
                // Heartbeats keep a connection from being silent.
                Some(_) => {
                    assert!(begun.elapsed() < DEADLINE, "the server should have closed within {DEADLINE:?}");
                }
                None => panic!("the server should close with a code, and not just leave"),
            }
        };
        self.write(&frame(first::CLOSE, &code.map(u16::to_be_bytes).unwrap_or_default()));
        let _ = self.0.shutdown(Shutdown::Write);
        assert_eq!(self.receive(), None, "nothing should come after the last word");
        code
    }

    #[track_caller]
    fn exactly<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Some(bytes)
    }

    #[track_caller]
    fn fill(&mut self, bytes: &mut [u8]) -> Option<()> {
        match self.0.read_exact(bytes) {
            Ok(()) => Some(()),
            Err(error) if matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset) => {
                None
            }
            Err(error) => panic!("something should have come within {DEADLINE:?}: {error}"),
        }
    }
}
