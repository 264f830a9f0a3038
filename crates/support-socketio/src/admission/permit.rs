//! A connection's permit.

use std::sync::Arc;

use super::handshake_limiter::Place;
use super::register::Register;
use crate::websocket::SendQueue;

/// Permission of one connection to be here, as long as it lives. Dropping it makes room for another.
#[derive(Debug)]
pub struct Permit {
    /// None for a permit that counts for nothing.
    register: Option<Arc<Register>>,
    handshake: Place,
    id: Option<u64>,
}

impl Permit {
    pub(super) fn new(register: Arc<Register>, handshake: Place) -> Self {
        Self { register: Some(register), handshake, id: None }
    }

    /// A permit that counts for nothing, where one must be and another connection has the real one.
    pub(crate) fn nowhere() -> Self {
        Self { register: None, handshake: None, id: None }
    }

    /// The connection is authenticated: it no longer counts as a handshake.
    pub fn mark_authenticated(&mut self) {
        if let Some(register) = &self.register {
            register.handshakes().leave(self.handshake.take());
        }
    }

    /// The connection is there: it counts, and is closed by its queue when the server goes; at once if it
    /// does already.
    pub(crate) fn register(&mut self, send_queue: &SendQueue) {
        let Some(register) = &self.register else { return };
        if self.id.is_none() {
            self.id = Some(register.enter(send_queue));
        }
        // Looked at after the entry: either this sees that the server drains, or the drain sees the
        // connection.
        if let Some((code, reason)) = register.drained() {
            send_queue.close(code, reason);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.mark_authenticated();
        if let (Some(register), Some(id)) = (&self.register, self.id) {
            register.leave(id);
        }
    }
}
