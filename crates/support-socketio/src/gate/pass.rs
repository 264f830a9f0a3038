//! A connection's place behind the gate.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Gate;
use super::lobby::Place;
use crate::websocket::Outbox;

/// A connection's place behind the gate. Dropping it gives the place back.
#[derive(Debug)]
pub struct Pass {
    /// None for a pass that stands for nothing.
    gate: Option<Arc<Gate>>,
    lobby: Place,
    id: Option<u64>,
}

impl Pass {
    pub(super) fn new(gate: Arc<Gate>, lobby: Place) -> Self {
        Self { gate: Some(gate), lobby, id: None }
    }

    /// A pass of no gate, where one must be and another connection has the real one.
    pub(crate) fn nowhere() -> Self {
        Self { gate: None, lobby: None, id: None }
    }

    /// The connection is authenticated: it leaves the lobby.
    pub fn settle(&mut self) {
        if let Some(gate) = &self.gate {
            gate.lobby.leave(self.lobby.take());
        }
    }

    /// The connection is there: it counts, and is closed by its queue when the server goes; at once if it does already.
    pub(crate) fn register(&mut self, outbox: &Outbox) {
        let Some(gate) = &self.gate else { return };
        if self.id.is_none() {
            let id = gate.next_id.fetch_add(1, Ordering::Relaxed);
            self.id = Some(id);
            gate.connections.fetch_add(1, Ordering::AcqRel);
            gate.part(id).insert(id, outbox.clone());
        }
        // Looked at after the insertion: either this sees that the server drains, or the drain sees the connection.
        if let Some((code, reason)) = gate.drained.get() {
            outbox.close(*code, reason);
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.settle();
        let (Some(gate), Some(id)) = (&self.gate, self.id) else { return };
        gate.part(id).remove(&id);
        if gate.connections.fetch_sub(1, Ordering::AcqRel) == 1 {
            gate.is_empty.notify_waiters();
        }
    }
}
