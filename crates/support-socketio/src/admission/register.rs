//! Who is connected, and who is about to be.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::Notify;

use super::handshake_limiter::HandshakeLimiter;
use crate::websocket::SendQueue;

/// It is in so many parts, so that connections which come and go seldom wait for each other.
const PARTS: usize = 16;

/// The queues of all connections, and the handshakes that are not finished.
#[derive(Debug)]
pub(super) struct Register {
    handshakes: HandshakeLimiter,
    parts: [Mutex<HashMap<u64, SendQueue>>; PARTS],
    next_id: AtomicU64,
    connections: AtomicUsize,
    /// The code and the reason with which everybody is sent away, once that is so.
    drained: OnceLock<(u16, &'static str)>,
    /// Told when the last one has left.
    is_empty: Notify,
}

impl Register {
    pub(super) fn new(handshakes_per_address: Option<usize>) -> Self {
        Self {
            handshakes: HandshakeLimiter::new(handshakes_per_address),
            parts: Default::default(),
            next_id: AtomicU64::new(0),
            connections: AtomicUsize::new(0),
            drained: OnceLock::new(),
            is_empty: Notify::new(),
        }
    }

    pub(super) fn handshakes(&self) -> &HandshakeLimiter {
        &self.handshakes
    }

    /// How many connections there are.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::Acquire)
    }

    /// Enters a connection. Returns the number under which it leaves.
    pub(super) fn enter(&self, send_queue: &SendQueue) -> u64 {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        self.connections.fetch_add(1, Ordering::AcqRel);
        self.part(id).insert(id, send_queue.clone());
        id
    }

    /// A connection is gone.
    pub(super) fn leave(&self, id: u64) {
        self.part(id).remove(&id);
        if self.connections.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.is_empty.notify_waiters();
        }
    }

    /// The queues of all connections, in an order that has nothing to do with when they came.
    pub(super) fn send_queues(&self) -> Vec<SendQueue> {
        let mut send_queues = Vec::with_capacity(self.connections());
        for part in &self.parts {
            send_queues.extend(part.lock().unwrap_or_else(PoisonError::into_inner).values().cloned());
        }
        send_queues
    }

    /// Waits until nobody is there.
    pub(super) async fn emptied(&self) {
        loop {
            let emptied = self.is_empty.notified();
            if self.connections() == 0 {
                return;
            }
            emptied.await;
        }
    }

    /// From now on everybody is to be closed with this code and reason; if that is so already, with those of
    /// the first time, which are returned.
    pub(super) fn begin_drain(&self, code: u16, reason: &'static str) -> (u16, &'static str) {
        *self.drained.get_or_init(|| (code, reason))
    }

    /// The code and the reason with which everybody is to be closed, if that is so.
    pub(super) fn drained(&self) -> Option<(u16, &'static str)> {
        self.drained.get().copied()
    }

    pub(super) fn is_draining(&self) -> bool {
        self.drained.get().is_some()
    }

    fn part(&self, id: u64) -> MutexGuard<'_, HashMap<u64, SendQueue>> {
        let [first, ..] = &self.parts;
        let part = usize::try_from(id % PARTS as u64).ok().and_then(|index| self.parts.get(index));
        part.unwrap_or(first).lock().unwrap_or_else(PoisonError::into_inner)
    }
}
