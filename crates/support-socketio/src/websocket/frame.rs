//! Frames towards a client (RFC 6455, section 5.2), built once.

use actix_web::web::{Bytes, BytesMut};

use super::code;

const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xA;
/// The frame is the last of its message, as all frames of this server are.
const FINAL: u8 = 0x80;
/// The low bits of the first byte.
const OPCODE: u8 = 0x0F;
/// The most bytes that a control frame carries (RFC 6455, section 5.5).
const MAX_CONTROL: usize = 125;

/// A whole frame as it goes over the wire. Clones share the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame(Bytes);

impl Frame {
    /// A text message.
    #[must_use]
    pub fn text(payload: &str) -> Self {
        Self::build(TEXT, &[payload.as_bytes()])
    }

    /// A text message of several parts, which are put together without being copied before.
    pub(crate) fn text_of(parts: &[&str]) -> Self {
        let length = parts.iter().map(|part| part.len()).sum();
        let mut bytes = head(TEXT, length);
        for part in parts {
            bytes.extend_from_slice(part.as_bytes());
        }
        Self(bytes.freeze())
    }

    /// A binary message.
    #[must_use]
    pub fn binary(payload: &[u8]) -> Self {
        Self::build(BINARY, &[payload])
    }

    /// A ping. Of a payload that is longer than a control frame's only the beginning is taken.
    #[must_use]
    pub fn ping(payload: &[u8]) -> Self {
        Self::build(PING, &[beginning(payload, MAX_CONTROL)])
    }

    /// The answer to a ping with this payload.
    #[must_use]
    pub fn pong(payload: &[u8]) -> Self {
        Self::build(PONG, &[beginning(payload, MAX_CONTROL)])
    }

    /// A close frame. The codes 1005 and 1006, which never travel, make one without a code and a reason.
    #[must_use]
    pub fn close(code: u16, reason: &str) -> Self {
        if code == code::NONE || code == code::ABNORMAL {
            return Self::build(CLOSE, &[]);
        }
        let mut end = reason.len().min(MAX_CONTROL - 2);
        while !reason.is_char_boundary(end) {
            end -= 1;
        }
        Self::build(CLOSE, &[&code.to_be_bytes(), beginning(reason.as_bytes(), end)])
    }

    /// The frame as it goes over the wire.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.0
    }

    /// What the frame carries, without its header.
    #[must_use]
    pub fn payload(&self) -> Bytes {
        let header = match self.0.get(1) {
            Some(127) => 10,
            Some(126) => 4,
            _ => 2,
        };
        self.0.slice(header.min(self.0.len())..)
    }

    /// Whether the frame is a text message.
    pub(crate) fn is_text(&self) -> bool {
        self.0.first().is_some_and(|first| first & OPCODE == TEXT)
    }

    /// Whether the frame is a binary message.
    pub(crate) fn is_binary(&self) -> bool {
        self.0.first().is_some_and(|first| first & OPCODE == BINARY)
    }

    fn build(opcode: u8, parts: &[&[u8]]) -> Self {
        let mut bytes = head(opcode, parts.iter().map(|part| part.len()).sum());
        for part in parts {
            bytes.extend_from_slice(part);
        }
        Self(bytes.freeze())
    }
}

/// A buffer that holds the header of a frame, and has room for its payload.
fn head(opcode: u8, length: usize) -> BytesMut {
    let mut bytes = BytesMut::with_capacity(length + 10);
    bytes.extend_from_slice(&[FINAL | opcode]);
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(length @ 0..=125), _) => bytes.extend_from_slice(&[length]),
        (_, Ok(length)) => {
            bytes.extend_from_slice(&[126]);
            bytes.extend_from_slice(&length.to_be_bytes());
        }
        _ => {
            bytes.extend_from_slice(&[127]);
            bytes.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    bytes
}

fn beginning(bytes: &[u8], length: usize) -> &[u8] {
    bytes.get(..length).unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_takes_as_few_bytes_as_it_can() {
        for (length, header) in [(0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
            let frame = Frame::binary(&vec![7; length]);
            assert_eq!(frame.bytes().len(), header + length, "{length}");
            assert_eq!(frame.payload(), vec![7; length], "{length}");
            assert!(frame.is_binary() && !frame.is_text());
        }
    }

    #[test]
    fn frames_are_those_of_the_rfc() {
        assert_eq!(Frame::text("Hello").bytes().as_ref(), b"\x81\x05Hello");
        assert_eq!(Frame::text_of(&["He", "llo"]), Frame::text("Hello"));
        assert_eq!(Frame::ping(b"Hello").bytes().as_ref(), b"\x89\x05Hello");
        assert_eq!(Frame::pong(b"Hello").bytes().as_ref(), b"\x8A\x05Hello");
        assert_eq!(Frame::close(1_000, "so").bytes().as_ref(), b"\x88\x04\x03\xE8so");
        assert_eq!(Frame::close(code::NONE, "so").bytes().as_ref(), b"\x88\x00");
    }

    #[test]
    fn control_frames_are_cut_to_what_they_may_carry() {
        assert_eq!(Frame::ping(&[0; 200]).payload().len(), 125);
        let close = Frame::close(1_000, &"ä".repeat(100)).payload();
        assert_eq!(close.len(), 2 + 122);
        assert!(std::str::from_utf8(&close[2..]).is_ok());
    }
}
