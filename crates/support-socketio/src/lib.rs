//! Socket.IO v5 over Engine.IO v4, and the plain WebSocket protocol (RFC 6455), for actix-web.
//!
//! The crate knows nothing of what is said over its connections. From the bottom up:
//!
//! - [`tcp`] remembers a connection's socket, so that one whose peer takes nothing can be shut down.
//! - [`admission`] decides who may connect, counts who is connected, and closes everybody when the server
//!   goes.
//! - [`websocket`] is the protocol on one connection: frames are built once for any number of readers, wait
//!   in a bounded queue, and are never read beyond a limit.
//! - [`engine`] is Engine.IO: a session over WebSocket or long-polling, with an upgrade between them.
//! - [`socket`] is Socket.IO: namespaces, events, acknowledgements and binary attachments in such a session.
//!
//! A server needs [`tcp::remember`] as its `on_connect` and `h1_allow_half_closed(false)`, or else a long
//! poll that its client has given up is noticed only when it ends.

mod heartbeat;
mod id;

pub mod admission;
pub mod engine;
pub mod socket;
pub mod tcp;
pub mod websocket;
