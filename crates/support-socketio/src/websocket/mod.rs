//! The WebSocket protocol (RFC 6455) for a server that minds its memory.
//!
//! What is read is limited by what a frame's header *claims*, before any of it is kept. What is written waits
//! in an [`SendQueue`] that has its limits and drops everything once its reader is too slow. A [`Frame`] is
//! built once and shared by all who get it: a server's frames are not masked, so they are the same for
//! everyone. Extensions are never negotiated.

mod body;
mod closing;
mod connection;
mod frame;
mod handshake;
mod intake;
mod reader;
mod send_queue;
mod shared;
mod waker_set;

use std::time::Duration;

use actix_web::web::Bytes;

pub use connection::{Connection, accept};
pub use frame::Frame;
pub use handshake::HandshakeError;
pub use send_queue::{Closed, QueueLimits, SendQueue};

pub(crate) use connection::open;
pub(crate) use handshake::asks_for_websocket;

/// How a connection is treated.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How long after a ping that was answered the next one is sent. `Duration::MAX` means never.
    pub ping_interval: Duration,
    /// How long the peer may stay silent after a ping before it is taken for dead.
    pub ping_timeout: Duration,
    /// The most bytes of a message, whether in one frame or in many. Beyond: 1009.
    pub max_frame: usize,
    /// What may wait for the peer.
    pub queue: QueueLimits,
    /// How long a connection that is closing may take before its socket is shut down.
    pub close_grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            max_frame: 64 * 1024,
            queue: QueueLimits::default(),
            close_grace: Duration::from_secs(3),
        }
    }
}

/// A whole message of the peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Text, in valid UTF-8.
    Text(String),
    /// Bytes.
    Binary(Bytes),
}

/// Status codes of a close frame (RFC 6455, section 7.4.1; 1013 from the IANA registry).
pub(crate) mod code {
    /// Everything was said.
    pub(crate) const NORMAL: u16 = 1_000;
    /// The peer broke the protocol.
    pub(crate) const PROTOCOL: u16 = 1_002;
    /// Never on the wire: stands for a close frame without a code.
    pub(crate) const NONE: u16 = 1_005;
    /// Never on the wire: the connection ended without a close frame.
    pub(crate) const ABNORMAL: u16 = 1_006;
    /// A text was not UTF-8.
    pub(crate) const NOT_UTF8: u16 = 1_007;
    /// The peer did not keep to the rules of this server.
    pub(crate) const POLICY: u16 = 1_008;
    /// A message was too long.
    pub(crate) const TOO_BIG: u16 = 1_009;
    /// The server failed.
    pub(crate) const INTERNAL: u16 = 1_011;
    /// Later, perhaps.
    pub(crate) const TRY_AGAIN: u16 = 1_013;
}
