//! Socket.IO v5: namespaces, events, acknowledgements and binary attachments in an Engine.IO session.
//!
//! An [`Application`] says who may join a namespace and what happens on an event. JSON is passed on as it
//! came and is not parsed further than the protocol needs. An event for many sockets is built once, by
//! [`event_frame`], and pushed to each one's queue.
//!
//! Anything malformed closes the connection, upon which a client connects anew. A refusal for good is a
//! [`ConnectError`] or [`Socket::leave`], after which a client does not come back by itself.
//!
//! Source: the Socket.IO protocol, revision 5, and the behaviour of its reference server where that is
//! silent.

mod handle;
mod namespaces;
mod packet;
mod protocol;
mod server;

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use serde_json::value::RawValue;

pub use crate::engine::Handshake;
pub use handle::{Ack, Socket};
pub use server::Server;

use crate::websocket::{Frame, QueueLimits};

/// What is said over the sockets of a server. Its futures run on the worker of the request that they belong
/// to.
pub trait Application: Send + Sync + 'static {
    /// What the application keeps for a client in a namespace.
    type Session: Send + Sync + 'static;

    /// Whether there is such a namespace. The default one is `/`.
    fn knows(&self, namespace: &str) -> bool;

    /// A client asks to join a namespace with what it says for itself, a JSON object. What is sent to the
    /// socket before [`Self::connected`] arrives before the client knows that it joined.
    ///
    /// # Errors
    /// A [`ConnectError`] when it may not. Its other namespaces stay as they are.
    fn connect(
        &self,
        socket: &Socket,
        auth: Option<&RawValue>,
    ) -> impl Future<Output = Result<Self::Session, ConnectError>>;

    /// The client was told that it joined.
    fn connected(&self, session: &Arc<Self::Session>) -> impl Future<Output = ()> {
        let _ = session;
        async {}
    }

    /// An event of the client. The next packet of its connection waits until the future is ready.
    fn event(&self, session: &Arc<Self::Session>, event: Event) -> impl Future<Output = ()>;

    /// The client left the namespace, was made to, or its connection ended. Called once for each success of
    /// [`Self::connect`], when none of its events is being processed.
    fn disconnect(&self, session: &Arc<Self::Session>);
}

/// Why a client may not join a namespace. It is told, and does not try again by itself.
#[derive(Clone, Debug)]
pub struct ConnectError {
    /// For people.
    pub message: String,
    /// For programs.
    pub data: Option<Box<RawValue>>,
}

/// An event of a client.
#[derive(Debug)]
pub struct Event {
    /// Its name. If it is a number, its digits.
    pub name: String,
    /// Its arguments, as they came. In the place of an attachment is `{"_placeholder":true,"num":0}` with
    /// its index.
    pub args: Vec<Box<RawValue>>,
    /// Its attachments: as many as the event said, and all indices in the arguments are among theirs.
    pub attachments: Vec<Bytes>,
    /// Where to answer, if the client wants an answer.
    pub ack: Option<Ack>,
}

/// The frame of an event without attachments, for any number of clients in this namespace.
#[must_use]
pub fn event_frame(namespace: &str, name: &str, args: &[&RawValue]) -> Frame {
    packet::event(namespace, name, args, 0)
}

/// How a server treats its clients.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the server is, with a slash at its end; it answers without the slash as well.
    pub path: String,
    /// How long after the last ping a client that answered it is pinged again.
    pub ping_interval: Duration,
    /// How long the client may take to answer a ping, from when it was sent; over polling also to fetch it,
    /// from when it was due.
    pub ping_timeout: Duration,
    /// The most bytes of a message over WebSocket, and of a request's body over polling.
    pub max_payload: usize,
    /// How long a client may take to join its first namespace.
    pub connect_timeout: Duration,
    /// How long a client may take from opening a WebSocket for its session to moving over to it.
    pub upgrade_timeout: Duration,
    /// What may wait for a client.
    pub queue: QueueLimits,
    /// How long a connection that is closed may take to tell its client.
    pub close_grace: Duration,
    /// The most attachments of an event.
    pub max_attachments: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            path: "/socket.io/".to_owned(),
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            max_payload: 64 * 1024,
            connect_timeout: Duration::from_secs(5),
            upgrade_timeout: Duration::from_secs(10),
            queue: QueueLimits::default(),
            close_grace: Duration::from_secs(3),
            max_attachments: 10,
        }
    }
}
