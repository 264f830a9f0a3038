//! A connection's permit.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Admission;
use super::handshake_limiter::Place;
use crate::websocket::SendQueue;

/// Permission of one connection to be here, as long as it lives. Dropping it makes room for another.
#[derive(Debug)]
pub struct Permit {
    /// None for a permit that counts for nothing.
    admission: Option<Arc<Admission>>,
    handshake_limiter: Place,
    id: Option<u64>,
}

impl Permit {
    pub(super) fn new(admission: Arc<Admission>, handshake_limiter: Place) -> Self {
        Self { admission: Some(admission), handshake_limiter, id: None }
    }

    /// A permit that counts for nothing, where one must be and another connection has the real one.
    pub(crate) fn nowhere() -> Self {
        Self { admission: None, handshake_limiter: None, id: None }
    }

    /// The connection is authenticated: it no longer counts as a handshake.
    pub fn settle(&mut self) {
        if let Some(admission) = &self.admission {
            admission.handshake_limiter.leave(self.handshake_limiter.take());
        }
    }

    /// The connection is there: it counts, and is closed by its queue when the server goes; at once if it
    /// does already.
    pub(crate) fn register(&mut self, send_queue: &SendQueue) {
        let Some(admission) = &self.admission else { return };
        if self.id.is_none() {
            let id = admission.next_id.fetch_add(1, Ordering::Relaxed);
            self.id = Some(id);
            admission.connections.fetch_add(1, Ordering::AcqRel);
            admission.part(id).insert(id, send_queue.clone());
        }
        // Looked at after the insertion: either this sees that the server drains, or the drain sees the
        // connection.
        if let Some((code, reason)) = admission.drained.get() {
            send_queue.close(*code, reason);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.settle();
        let (Some(admission), Some(id)) = (&self.admission, self.id) else { return };
        admission.part(id).remove(&id);
        if admission.connections.fetch_sub(1, Ordering::AcqRel) == 1 {
            admission.is_empty.notify_waiters();
        }
    }
}
