//! What an application holds of a client in a namespace.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::web::Bytes;
use serde_json::value::RawValue;

use super::packet;
use crate::engine::{Client, Handshake};
use crate::websocket::{Closed, Frame, SendQueue};

/// One client in one namespace. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Socket(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    id: String,
    namespace: String,
    client: Client,
    has_left: AtomicBool,
}

impl Socket {
    pub(super) fn new(id: String, namespace: &str, client: Client) -> Self {
        let namespace = namespace.to_owned();
        Self(Arc::new(Shared { id, namespace, client, has_left: AtomicBool::new(false) }))
    }

    /// The id of the client in this namespace. It may be told to others.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The namespace.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.0.namespace
    }

    /// What the first request of the connection said.
    #[must_use]
    pub fn handshake(&self) -> &Handshake {
        self.0.client.handshake()
    }

    /// The queue of the connection, for frames of [`super::event_frame`]. All of a client's namespaces share
    /// it; closing it closes the connection.
    #[must_use]
    pub fn send_queue(&self) -> &SendQueue {
        self.0.client.send_queue()
    }

    /// Sends an event with its attachments, for which the arguments have placeholders.
    ///
    /// # Errors
    /// [`Closed`] when the client has left the namespace, or the connection is closed, be it because the
    /// client is too slow for this event.
    pub fn emit(&self, name: &str, args: &[&RawValue], attachments: &[Bytes]) -> Result<(), Closed> {
        self.send(packet::event(self.namespace(), name, args, attachments.len()), attachments)
    }

    /// Makes the client leave the namespace. It is told, and does not come back by itself.
    pub fn leave(&self) {
        if !self.0.has_left.swap(true, Ordering::AcqRel) {
            // A connection that is closed has left everything.
            let _ = self.send_queue().push(packet::disconnected(self.namespace()));
            self.0.client.nudge();
        }
    }

    pub(super) fn has_left(&self) -> bool {
        self.0.has_left.load(Ordering::Acquire)
    }

    /// The client is not in the namespace any more.
    pub(super) fn end(&self) {
        self.0.has_left.store(true, Ordering::Release);
    }

    fn send(&self, frame: Frame, attachments: &[Bytes]) -> Result<(), Closed> {
        if self.has_left() {
            return Err(Closed);
        }
        let mut frames = Vec::with_capacity(1 + attachments.len());
        frames.push(frame);
        frames.extend(attachments.iter().map(|attachment| Frame::binary(attachment)));
        self.send_queue().push_all(&frames)
    }
}

/// Where a client waits for the answer to an event.
#[derive(Debug)]
pub struct Ack {
    socket: Socket,
    id: u64,
}

impl Ack {
    pub(super) fn new(socket: Socket, id: u64) -> Self {
        Self { socket, id }
    }

    /// Answers the event, with attachments, for which the arguments have placeholders.
    ///
    /// # Errors
    /// As [`Socket::emit`].
    pub fn send(self, args: &[&RawValue], attachments: &[Bytes]) -> Result<(), Closed> {
        let frame = packet::ack(self.socket.namespace(), self.id, args, attachments.len());
        self.socket.send(frame, attachments)
    }
}
