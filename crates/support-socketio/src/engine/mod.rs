//! Engine.IO v4: a session of messages over WebSocket or long-polling, with an upgrade from the latter to the
//! former.
//!
//! A session has one queue towards its client, whatever drains it: the answer to a poll takes all that is in
//! it, a WebSocket one frame after the other. An upgrade only changes who drains. What comes from the client,
//! by whichever requests and on whichever workers, is processed one packet after the other.
//!
//! [`Server`] routes a request to `polling` or `websocket`; `stage` says what a session may do next, and has
//! no I/O.
//!
//! Source: the Engine.IO protocol, revision 4, and the behaviour of its reference server where that is
//! silent.

mod client;
mod error;
mod handshake;
mod life;
mod packet;
mod polling;
mod registry;
mod server;
mod session;
mod stage;
mod upgrade;
mod websocket;

use std::time::Duration;

use actix_web::web::Bytes;

pub use client::Client;
pub use handshake::Handshake;
pub use server::Server;

use crate::websocket::QueueLimits;

/// What is said in the sessions of a server.
pub trait Handler: Send + Sync + 'static {
    /// What is kept for a session.
    type State: Send + 'static;

    /// A session began.
    fn open(&self, client: &Client) -> Self::State;

    /// A message of the client. The next packet of this session waits until the future is ready.
    fn message(
        &self,
        client: &Client,
        state: &mut Self::State,
        message: Message<'_>,
    ) -> impl Future<Output = ()>;

    /// Called soon after [`Client::nudge`], when no message is being processed.
    fn attend(&self, client: &Client, state: &mut Self::State) {
        let _ = (client, state);
    }

    /// The session is over. Called once for each session, after the last message was processed.
    fn close(&self, client: &Client, state: Self::State);
}

/// A message of the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// Text.
    Text(&'a str),
    /// Bytes.
    Binary(Bytes),
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
    /// How long the client may take from opening a WebSocket for its session to moving over to it.
    pub upgrade_timeout: Duration,
    /// How long a session may last without [`Client::mark_authenticated`]. None: for ever.
    pub authentication_timeout: Option<Duration>,
    /// What may wait for a client.
    pub queue: QueueLimits,
    /// How long a session that is closed may take to tell its client.
    pub close_grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            path: "/engine.io/".to_owned(),
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            max_payload: 64 * 1024,
            upgrade_timeout: Duration::from_secs(10),
            authentication_timeout: None,
            queue: QueueLimits::default(),
            close_grace: Duration::from_secs(3),
        }
    }
}
