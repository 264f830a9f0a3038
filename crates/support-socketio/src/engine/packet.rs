//! Packets: a digit, then data. Over polling a body holds several, and those that are bytes are in base64.

use std::collections::VecDeque;

use actix_web::web::Bytes;
use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};

use crate::websocket::Frame;

/// What stands between the packets of a body.
const SEPARATOR: char = '\u{1E}';
/// What stands before bytes in a body.
const BINARY: char = 'b';
/// Reads base64 with and without padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A client's ping while it tries a WebSocket, and the data of the answer.
pub(super) const PROBE: &str = "probe";
/// The packets that the server sends without data.
pub(super) const CLOSE: &str = "1";
pub(super) const PING: &str = "2";
pub(super) const PROBE_ANSWER: &str = "3probe";
pub(super) const NOOP: &str = "6";

/// A packet of the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Packet<'a> {
    Open,
    Close,
    Ping(&'a str),
    Pong,
    Text(&'a str),
    Binary(Bytes),
    Upgrade,
    Noop,
}

/// A packet is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl<'a> Packet<'a> {
    /// Reads a packet as it is in a text frame.
    pub(super) fn of_text(text: &'a str) -> Result<Self, Malformed> {
        let mut characters = text.chars();
        let kind = characters.next().ok_or(Malformed)?;
        let data = characters.as_str();
        match kind {
            '0' => Ok(Self::Open),
            '1' => Ok(Self::Close),
            '2' => Ok(Self::Ping(data)),
            '3' => Ok(Self::Pong),
            '4' => Ok(Self::Text(data)),
            '5' => Ok(Self::Upgrade),
            '6' => Ok(Self::Noop),
            _ => Err(Malformed),
        }
    }

    /// Whether one of the packets of a request's body is a pong.
    pub(super) fn body_has_pong(body: &str) -> bool {
        body.split(SEPARATOR).any(|packet| Packet::of_text(packet) == Ok(Packet::Pong))
    }

    /// Reads the packets of a request's body.
    pub(super) fn of_body(body: &'a str) -> impl Iterator<Item = Result<Self, Malformed>> {
        body.split(SEPARATOR).map(|packet| match packet.strip_prefix(BINARY) {
            Some(base64) => {
                LENIENT.decode(base64).map(|bytes| Self::Binary(bytes.into())).map_err(|_| Malformed)
            }
            None => Self::of_text(packet),
        })
    }
}

/// Writes queued frames as the body of an answer, and after them a packet without data.
pub(super) fn body(frames: VecDeque<Frame>, last: Option<&str>) -> Vec<u8> {
    let mut body = Vec::with_capacity(frames.iter().map(|frame| frame.bytes().len() + 1).sum());
    let separate = |body: &mut Vec<u8>| {
        if !body.is_empty() {
            body.extend_from_slice(SEPARATOR.encode_utf8(&mut [0; 4]).as_bytes());
        }
    };
    for frame in frames {
        if frame.is_text() {
            separate(&mut body);
            body.extend_from_slice(&frame.payload());
        } else if frame.is_binary() {
            separate(&mut body);
            body.extend_from_slice(BINARY.encode_utf8(&mut [0; 4]).as_bytes());
            body.extend_from_slice(STANDARD.encode(frame.payload()).as_bytes());
        }
    }
    if let Some(last) = last {
        separate(&mut body);
        body.extend_from_slice(last.as_bytes());
    }
    body
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packets(body: &str) -> Result<Vec<Packet<'_>>, Malformed> {
        Packet::of_body(body).collect()
    }

    #[test]
    fn packets_of_the_protocol_document_are_read() {
        assert_eq!(packets("4hello"), Ok(vec![Packet::Text("hello")]));
        assert_eq!(
            packets("4hello\u{1E}2\u{1E}4world"),
            Ok(vec![Packet::Text("hello"), Packet::Ping(""), Packet::Text("world")])
        );
        let bytes = Bytes::from_static(&[1, 2, 3, 4]);
        assert_eq!(
            packets("4hello\u{1E}bAQIDBA=="),
            Ok(vec![Packet::Text("hello"), Packet::Binary(bytes.clone())])
        );
        assert_eq!(packets("bAQIDBA"), Ok(vec![Packet::Binary(bytes)]));
        assert_eq!(
            packets("2probe\u{1E}5\u{1E}1"),
            Ok(vec![Packet::Ping(PROBE), Packet::Upgrade, Packet::Close])
        );
    }

    #[test]
    fn what_is_no_packet_is_refused() {
        for body in ["", "7", "abc", "4a\u{1E}", "\u{1E}4a", "bAQI!", "bA", "ü", "-1"] {
            assert!(packets(body).is_err(), "{body:?}");
        }
        assert_eq!(Packet::of_text("bAQIDBA=="), Err(Malformed));
    }

    #[test]
    fn a_body_has_texts_and_bytes_and_nothing_of_websockets() {
        let frames = [Frame::text("4a"), Frame::pong(b"x"), Frame::binary(&[1, 2, 3, 4])];
        assert_eq!(body(frames.into(), Some(CLOSE)), b"4a\x1EbAQIDBA==\x1E1");
        assert_eq!(body(VecDeque::new(), Some(NOOP)), b"6");
    }

    fn message() -> impl Strategy<Value = Frame> {
        prop_oneof![
            "[^\u{1E}]{0,20}".prop_map(|text| Frame::text(&format!("4{text}"))),
            prop::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| Frame::binary(&bytes)),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(frames in prop::collection::vec(message(), 1..6)) {
            let written = String::from_utf8(body(frames.clone().into(), None)).unwrap();
            let read = packets(&written).unwrap();
            prop_assert_eq!(read.len(), frames.len());
            for (packet, frame) in read.iter().zip(&frames) {
                match packet {
                    Packet::Text(text) => prop_assert_eq!(Frame::text(&format!("4{text}")), frame.clone()),
                    Packet::Binary(bytes) => prop_assert_eq!(&Frame::binary(bytes), frame),
                    other => prop_assert!(false, "{:?}", other),
                }
            }
        }

        #[test]
        fn no_body_breaks_it(body in any::<String>()) {
            let _ = packets(&body);
            let _ = Packet::of_text(&body);
        }
    }
}
