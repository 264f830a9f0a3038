//! A client as those who talk to it see it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Handshake;
use crate::admission::Permit;
use crate::websocket::{Closed, Frame, SendQueue};

/// One client's session. Clones are the same session.
#[derive(Clone, Debug)]
pub struct Client(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    id: String,
    handshake: Handshake,
    send_queue: SendQueue,
    permit: Mutex<Permit>,
    is_authenticated: AtomicBool,
    wants_attention: AtomicBool,
}

impl Client {
    pub(super) fn new(id: String, handshake: Handshake, send_queue: SendQueue, mut permit: Permit) -> Self {
        permit.register(&send_queue);
        Self(Arc::new(Shared {
            id,
            handshake,
            send_queue,
            permit: Mutex::new(permit),
            is_authenticated: AtomicBool::new(false),
            wants_attention: AtomicBool::new(false),
        }))
    }

    /// The id of the session. Whoever knows it may take part in the session.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// What the first request of the session said.
    #[must_use]
    pub fn handshake(&self) -> &Handshake {
        &self.0.handshake
    }

    /// The queue towards the client. Frames are as they go over a WebSocket: a text begins with `4`.
    #[must_use]
    pub fn send_queue(&self) -> &SendQueue {
        &self.0.send_queue
    }

    /// Sends a text.
    ///
    /// # Errors
    /// [`Closed`] when the session is over.
    pub fn send_text(&self, text: &str) -> Result<(), Closed> {
        self.0.send_queue.push(Frame::text_of(&["4", text]))
    }

    /// Sends bytes.
    ///
    /// # Errors
    /// [`Closed`] when the session is over.
    pub fn send_binary(&self, bytes: &[u8]) -> Result<(), Closed> {
        self.0.send_queue.push(Frame::binary(bytes))
    }

    /// The client is authenticated: it no longer counts as a handshake, and the session may last.
    pub fn mark_authenticated(&self) {
        self.0.is_authenticated.store(true, Ordering::Release);
        self.0.permit.lock().unwrap_or_else(PoisonError::into_inner).mark_authenticated();
    }

    /// Has [`super::Handler::attend`] called soon.
    pub fn nudge(&self) {
        self.0.wants_attention.store(true, Ordering::Release);
        self.0.send_queue.nudge();
    }

    pub(super) fn is_authenticated(&self) -> bool {
        self.0.is_authenticated.load(Ordering::Acquire)
    }

    pub(super) fn take_attention(&self) -> bool {
        self.0.wants_attention.swap(false, Ordering::AcqRel)
    }

    /// The connection is gone: it gives its place back and sends nothing more, whoever still has a clone.
    pub(super) fn release(&self) {
        self.0.send_queue.abandon();
        *self.0.permit.lock().unwrap_or_else(PoisonError::into_inner) = Permit::nowhere();
    }
}
