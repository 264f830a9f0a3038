//! Frames of a WebSocket (RFC 6455, section 5.2) as a client sees them.

use std::ops::Range;

use super::http::{Exchange, request};
use super::stream::Stream;
use crate::failure::{Failure, Result};

const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xA;
/// The frame is the last of its message.
const FINAL: u8 = 0x80;
/// The payload is masked.
const MASKED: u8 = 0x80;
/// The length stands in the next two bytes.
const IN_TWO_BYTES: u8 = 0x7E;
/// The length stands in the next eight bytes.
const IN_EIGHT_BYTES: u8 = 0x7F;
/// What payloads are masked with. Nobody between this client and its server could be misled by a known one.
const MASK: [u8; 4] = [0x5A, 0x3C, 0xA5, 0xC3];

/// An open WebSocket.
#[derive(Debug)]
pub(crate) struct WebSocket(Stream);

impl WebSocket {
    /// Opens one. `headers` are whole lines, each with its end.
    pub(crate) async fn open(stream: Stream, path: &str, headers: &str) -> Result<Self> {
        let headers = format!(
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}"
        );
        let mut exchange = Exchange::over(stream);
        exchange.expect(&request("GET", path, &headers, ""), 101).await?;
        Ok(Self(exchange.into_stream()))
    }

    /// A connection on which there were frames from its first byte on.
    pub(crate) const fn bare(stream: Stream) -> Self {
        Self(stream)
    }

    /// Sends a text.
    pub(crate) async fn send(&mut self, text: &str) -> Result<()> {
        self.0.send(&client_frame(TEXT, text.as_bytes())).await
    }

    /// Begins a text of so many bytes, of which [`Self::continue_frame`] sends as many as it likes.
    pub(crate) async fn begin_frame(&mut self, length: usize) -> Result<()> {
        let mut header = header(TEXT, length, MASKED);
        header.extend_from_slice(&MASK);
        self.0.send(&header).await
    }

    /// Sends bytes of the text that was begun.
    pub(crate) async fn continue_frame(&mut self, bytes: &[u8]) -> Result<()> {
        self.0.send(bytes).await
    }

    /// Whether the server has ended the connection, whatever was not read of it.
    pub(crate) fn is_cut(&self) -> Result<bool> {
        self.0.is_cut()
    }

    /// Waits for texts and hands on each that has come. Pings are answered on the way.
    pub(crate) async fn receive(&mut self, on: &mut impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let mut has_text = false;
        while !has_text {
            self.0.fill().await?;
            let (mut at, mut pongs) = (0, Vec::new());
            while let Some(Frame { opcode, payload, end }) =
                parse(self.0.pending().get(at..).unwrap_or_default())?
            {
                let payload = self.0.pending().get(at + payload.start..at + payload.end).unwrap_or_default();
                match opcode {
                    TEXT => {
                        has_text = true;
                        on(payload)?;
                    }
                    PING => pongs.extend(client_frame(PONG, payload)),
                    CLOSE => return Err(closed(payload)),
                    _ => {}
                }
                at += end;
            }
            self.0.consume(at);
            if !pongs.is_empty() {
                self.0.send(&pongs).await?;
            }
        }
        Ok(())
    }
}

/// Why a connection is over.
fn closed(payload: &[u8]) -> Failure {
    let code = payload.first_chunk().copied().map_or(1005, u16::from_be_bytes);
    let reason = String::from_utf8_lossy(payload.get(2..).unwrap_or_default());
    Failure::new(format!("the server closed with {code} {reason}"))
}

/// Where a frame lies.
#[derive(Debug, PartialEq, Eq)]
struct Frame {
    opcode: u8,
    payload: Range<usize>,
    /// Where the next one begins.
    end: usize,
}

/// The first frame of a server; none while bytes are missing. Messages of several frames are refused.
fn parse(bytes: &[u8]) -> Result<Option<Frame>> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    if first & FINAL == 0 || second & MASKED != 0 {
        return Err(Failure::new("a frame such as this server never sends"));
    }
    let (length, start) = match *second {
        IN_TWO_BYTES => (rest.first_chunk().map(|length| u64::from(u16::from_be_bytes(*length))), 4),
        IN_EIGHT_BYTES => (rest.first_chunk().map(|length| u64::from_be_bytes(*length)), 10),
        length => (Some(u64::from(length)), 2),
    };
    let Some(length) = length else { return Ok(None) };
    let end = start + usize::try_from(length)?;
    Ok((bytes.len() >= end).then_some(Frame { opcode: first & 0x0F, payload: start..end, end }))
}

/// A masked frame.
fn client_frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = header(opcode, payload.len(), MASKED);
    frame.extend_from_slice(&MASK);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// A text as a server sends it.
pub(crate) fn server_frame(payload: &[u8]) -> Vec<u8> {
    let mut frame = header(TEXT, payload.len(), 0);
    frame.extend_from_slice(payload);
    frame
}

fn header(opcode: u8, length: usize, masked: u8) -> Vec<u8> {
    let mut header = vec![FINAL | opcode];
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(length @ 0..=125), _) => header.push(masked | length),
        (_, Ok(length)) => {
            header.push(masked | IN_TWO_BYTES);
            header.extend(length.to_be_bytes());
        }
        _ => {
            header.push(masked | IN_EIGHT_BYTES);
            header.extend((length as u64).to_be_bytes());
        }
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_a_server_are_cut_at_their_lengths() {
        for length in [0, 1, 125, 126, 65_535, 65_536] {
            let mut bytes = server_frame(&vec![7; length]);
            let end = bytes.len();
            assert_eq!(parse(&bytes[..end - 1]).unwrap(), None, "{length}");
            bytes.push(FINAL);
            assert_eq!(parse(&bytes).unwrap(), Some(Frame { opcode: TEXT, payload: end - length..end, end }));
        }
    }

    #[test]
    fn what_no_server_sends_is_refused() {
        assert!(parse(&client_frame(TEXT, b"masked")).is_err());
        assert!(parse(b"\x01\x01a").is_err());
        assert_eq!(parse(b"\x89").unwrap(), None);
    }

    #[test]
    fn payloads_of_a_client_are_masked_as_in_the_rfc() {
        let frame = client_frame(TEXT, b"Hello");
        assert_eq!(frame[..6], [0x81, 0x85, 0x5A, 0x3C, 0xA5, 0xC3]);
        let unmasked: Vec<u8> = frame[6..].iter().zip(MASK.iter().cycle()).map(|(a, b)| a ^ b).collect();
        assert_eq!(unmasked, b"Hello");
    }

    #[test]
    fn the_reason_of_a_close_is_told() {
        assert_eq!(closed(b"\x03\xF5too slow").to_string(), "the server closed with 1013 too slow");
        assert_eq!(closed(b"").to_string(), "the server closed with 1005 ");
    }
}
