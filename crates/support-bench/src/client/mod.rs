//! Light clients: each knows just enough of its protocol to be treated as a full one.
//!
//! Thousands of them share one thread, and the processors with the server. So they answer heartbeats, cut
//! bytes into frames, and leave what is in a frame to whoever wants it.

mod http;
mod link;
mod polling;
mod stream;
mod websocket;

pub(crate) use http::{Exchange, request};
pub(crate) use link::{Link, Placed};
pub(crate) use stream::Stream;
pub(crate) use websocket::{WebSocket, server_frame};

/// A way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// The plain WebSocket.
    Plain,
    /// Socket.IO over WebSocket.
    SocketIo,
    /// Socket.IO over long-polling.
    Polling,
    /// The WebSocket of the server on actix-ws, which is in its room as soon as it is open.
    ActixWs,
    /// A socket with frames on it, of which nothing has to be asked for.
    Bare,
}

impl Transport {
    /// What it is called in a table.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::SocketIo => "socketio",
            Self::Polling => "polling",
            Self::ActixWs => "actix-ws",
            Self::Bare => "bare loop",
        }
    }

    /// Whether a client has to ask to be in a room.
    pub(crate) const fn has_rooms(self) -> bool {
        !matches!(self, Self::ActixWs | Self::Bare)
    }
}
