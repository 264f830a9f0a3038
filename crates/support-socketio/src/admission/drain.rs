//! Sending everybody away without making them all come back at the same moment.

use std::sync::PoisonError;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};

use super::Admission;
use crate::websocket::SendQueue;

/// How far apart batches are.
const PACE: Duration = Duration::from_millis(20);
/// How long is waited for connections that do not leave.
const PATIENCE: Duration = Duration::from_secs(3);

impl Admission {
    /// From now on handshakes are refused with 503. Every connection is closed with this code and reason, in
    /// batches in no particular order, evenly over `spread`. Returns when all have left, or three seconds
    /// after the last was closed.
    pub async fn drain(&self, code: u16, reason: &'static str, spread: Duration) {
        let (code, reason) = *self.drained.get_or_init(|| (code, reason));
        let begin = Instant::now();
        let send_queues = self.send_queues();
        let batches = u32::try_from(spread.as_millis() / PACE.as_millis()).unwrap_or(u32::MAX).max(1);
        let per_batch = send_queues.len().div_ceil(usize::try_from(batches).unwrap_or(usize::MAX)).max(1);
        for (batch, number) in send_queues.chunks(per_batch).zip(0..) {
            sleep_until(begin + PACE * number).await;
            for send_queue in batch {
                send_queue.close(code, reason);
            }
        }
        // Who does not leave is cut off with the process.
        let _ = timeout(PATIENCE, self.emptied()).await;
    }

    async fn emptied(&self) {
        loop {
            let emptied = self.is_empty.notified();
            if self.connections() == 0 {
                return;
            }
            emptied.await;
        }
    }

    /// The queues of all connections, in an order that has nothing to do with when they came.
    fn send_queues(&self) -> Vec<SendQueue> {
        let mut send_queues = Vec::with_capacity(self.connections());
        for part in &self.register {
            send_queues.extend(part.lock().unwrap_or_else(PoisonError::into_inner).values().cloned());
        }
        send_queues
    }
}
