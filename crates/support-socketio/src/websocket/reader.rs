//! Reads a client's frames (RFC 6455, section 5), whatever pieces they arrive in.

use actix_web::web::{Buf, Bytes};

use super::{Message, code};

/// What a client sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Message(Message),
    Ping(Vec<u8>),
    Pong,
    /// The client closes, with its code if it gave one.
    Close(Option<u16>),
}

/// Why the connection cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Violation {
    Protocol(&'static str),
    NotUtf8,
    TooBig,
}

impl Violation {
    pub(crate) fn code(self) -> u16 {
        match self {
            Self::Protocol(_) => code::PROTOCOL,
            Self::NotUtf8 => code::NOT_UTF8,
            Self::TooBig => code::TOO_BIG,
        }
    }

    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Protocol(reason) => reason,
            Self::NotUtf8 => "not UTF-8",
            Self::TooBig => "too big",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opcode {
    Continuation,
    Text,
    Binary,
    Close,
    Ping,
    Pong,
}

impl Opcode {
    fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }
}

/// The first byte of a frame.
#[derive(Clone, Copy, Debug)]
struct First {
    opcode: Opcode,
    is_last: bool,
}

/// Where in a frame the reader is.
#[derive(Clone, Copy, Debug)]
enum Place {
    First,
    Second(First),
    /// So many bytes of the length are still to come.
    Length {
        first: First,
        left: u8,
        length: u64,
    },
    /// So many bytes of the mask are still to come.
    Mask {
        first: First,
        length: usize,
        left: u8,
        mask: u32,
    },
    /// So many bytes of the payload are still to come; the mask begins with the byte for the next of them.
    Payload {
        first: First,
        left: usize,
        mask: u32,
    },
}

/// Puts messages together. It keeps no more than the limit of a message, and a control frame.
#[derive(Debug)]
pub(crate) struct Reader {
    max_message: usize,
    place: Place,
    /// The message that is being put together, and whether it is text.
    is_text: Option<bool>,
    message: Vec<u8>,
    control: Vec<u8>,
}

impl Reader {
    pub(crate) fn new(max_message: usize) -> Self {
        Self { max_message, place: Place::First, is_text: None, message: Vec::new(), control: Vec::new() }
    }

    /// Reads on until something is complete or the input is used up. After an error nothing can be read any
    /// more.
    pub(crate) fn read(&mut self, input: &mut Bytes) -> Result<Option<Item>, Violation> {
        loop {
            if let Place::Payload { first, left, mask } = self.place {
                let taken = input.split_to(left.min(input.len()));
                let buffer = if first.opcode.is_control() { &mut self.control } else { &mut self.message };
                append_unmasked(buffer, &taken, mask);
                let left = left - taken.len();
                if left > 0 {
                    self.place = Place::Payload { first, left, mask: rotate(mask, taken.len()) };
                    return Ok(None);
                }
                self.place = Place::First;
                if let Some(item) = self.complete(first)? {
                    return Ok(Some(item));
                }
            } else {
                let Some(byte) = input.first().copied() else { return Ok(None) };
                input.advance(1);
                self.place = self.header(byte)?;
            }
        }
    }

    /// One more byte of a header. The length is judged as soon as it is known.
    fn header(&self, byte: u8) -> Result<Place, Violation> {
        match self.place {
            Place::First => self.first(byte).map(Place::Second),
            Place::Second(first) => {
                if byte & 0x80 == 0 {
                    return Err(Violation::Protocol("a frame is not masked"));
                }
                match byte & 0x7F {
                    126 | 127 if first.opcode.is_control() => {
                        Err(Violation::Protocol("a control frame is too long"))
                    }
                    126 => Ok(Place::Length { first, left: 2, length: 0 }),
                    127 => Ok(Place::Length { first, left: 8, length: 0 }),
                    length => self.judged(first, u64::from(length)),
                }
            }
            Place::Length { first, left, length } => {
                let length = length << 8 | u64::from(byte);
                if left > 1 {
                    Ok(Place::Length { first, left: left - 1, length })
                } else {
                    self.judged(first, length)
                }
            }
            Place::Mask { first, length, left, mask } => {
                let mask = mask << 8 | u32::from(byte);
                if left > 1 {
                    Ok(Place::Mask { first, length, left: left - 1, mask })
                } else {
                    Ok(Place::Payload { first, left: length, mask })
                }
            }
            payload @ Place::Payload { .. } => Ok(payload),
        }
    }

    fn first(&self, byte: u8) -> Result<First, Violation> {
        if byte & 0x70 != 0 {
            return Err(Violation::Protocol("a reserved bit is set"));
        }
        let opcode = match byte & 0x0F {
            0x0 => Opcode::Continuation,
            0x1 => Opcode::Text,
            0x2 => Opcode::Binary,
            0x8 => Opcode::Close,
            0x9 => Opcode::Ping,
            0xA => Opcode::Pong,
            _ => return Err(Violation::Protocol("there is no such opcode")),
        };
        let is_last = byte & 0x80 != 0;
        if opcode.is_control() && !is_last {
            return Err(Violation::Protocol("a control frame is in pieces"));
        }
        if !opcode.is_control() && (opcode == Opcode::Continuation) != self.is_text.is_some() {
            return Err(Violation::Protocol("the pieces of a message are out of order"));
        }
        Ok(First { opcode, is_last })
    }

    /// Goes on to the mask if the length, with what the message has already, is within the limit.
    fn judged(&self, first: First, length: u64) -> Result<Place, Violation> {
        let length = usize::try_from(length).map_err(|_| Violation::TooBig)?;
        let room = self.max_message.saturating_sub(self.message.len());
        if length > room && !first.opcode.is_control() {
            return Err(Violation::TooBig);
        }
        Ok(Place::Mask { first, length, left: 4, mask: 0 })
    }

    /// A frame is complete; perhaps its message is.
    fn complete(&mut self, first: First) -> Result<Option<Item>, Violation> {
        match first.opcode {
            Opcode::Ping => return Ok(Some(Item::Ping(std::mem::take(&mut self.control)))),
            Opcode::Pong => {
                self.control.clear();
                return Ok(Some(Item::Pong));
            }
            Opcode::Close => return close(&std::mem::take(&mut self.control)).map(Some),
            Opcode::Text => self.is_text = Some(true),
            Opcode::Binary => self.is_text = Some(false),
            Opcode::Continuation => {}
        }
        if !first.is_last {
            return Ok(None);
        }
        let message = std::mem::take(&mut self.message);
        let message = if self.is_text.take() == Some(true) {
            Message::Text(String::from_utf8(message).map_err(|_| Violation::NotUtf8)?)
        } else {
            Message::Binary(message.into())
        };
        Ok(Some(Item::Message(message)))
    }
}

/// What a close frame says (RFC 6455, sections 5.5.1 and 7.4).
fn close(payload: &[u8]) -> Result<Item, Violation> {
    match payload {
        [] => Ok(Item::Close(None)),
        [_] => Err(Violation::Protocol("half a close code")),
        [high, low, reason @ ..] => {
            let code = u16::from_be_bytes([*high, *low]);
            if !matches!(code, 1_000..=1_003 | 1_007..=1_014 | 3_000..=4_999) {
                return Err(Violation::Protocol("there is no such close code"));
            }
            std::str::from_utf8(reason).map_err(|_| Violation::NotUtf8)?;
            Ok(Item::Close(Some(code)))
        }
    }
}

fn rotate(mask: u32, bytes: usize) -> u32 {
    mask.rotate_left(if bytes.is_multiple_of(2) { 0 } else { 8 } + if bytes & 2 == 0 { 0 } else { 16 })
}

fn append_unmasked(buffer: &mut Vec<u8>, masked: &[u8], mask: u32) {
    let begin = buffer.len();
    buffer.extend_from_slice(masked);
    let (words, rest) = buffer.get_mut(begin..).unwrap_or_default().as_chunks_mut::<4>();
    for word in words {
        *word = (u32::from_be_bytes(*word) ^ mask).to_be_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(mask.to_be_bytes()) {
        *byte ^= key;
    }
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
