//! The way of events from the node on which they happened to all nodes, this one included.

use std::sync::{Arc, PoisonError, RwLock};

use support_domain::event::{Event, Publisher};

/// Hears of events, whichever node they come from.
pub trait Listener: Send + Sync {
    /// Takes the events of one command. They may come late, twice, out of order, or not at all: the store is
    /// what is true. Must not block.
    fn hear(&self, events: &[Event]);

    /// Learns that events may have been lost.
    fn interrupted(&self);
}

/// Carries events to listeners. It may lose, repeat and reorder them.
pub trait Bus: Publisher {
    /// Adds a listener, for as long as the bus lives.
    fn subscribe(&self, listener: Arc<dyn Listener>);
}

/// The bus of a single node: every event is heard before its publication returns.
#[derive(Default)]
pub struct LocalBus {
    listeners: RwLock<Vec<Arc<dyn Listener>>>,
}

impl LocalBus {
    /// A bus that nobody listens to yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Bus for LocalBus {
    fn subscribe(&self, listener: Arc<dyn Listener>) {
        self.listeners.write().unwrap_or_else(PoisonError::into_inner).push(listener);
    }
}

impl Publisher for LocalBus {
    fn publish(&self, events: &[Event]) {
        for listener in self.listeners.read().unwrap_or_else(PoisonError::into_inner).iter() {
            listener.hear(events);
        }
    }
}
