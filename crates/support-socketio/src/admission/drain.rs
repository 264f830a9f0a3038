//! Sending everybody away without making them all come back at the same moment.

use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};

use super::register::Register;

/// How far apart batches are.
const PACE: Duration = Duration::from_millis(20);
/// How long is waited for connections that do not leave.
const PATIENCE: Duration = Duration::from_secs(3);

impl Register {
    /// Closes every connection with this code and reason, in batches in no particular order, evenly over
    /// `spread`. Returns when all have left, or [`PATIENCE`] after the last was closed.
    pub(super) async fn drain(&self, code: u16, reason: &'static str, spread: Duration) {
        let (code, reason) = self.begin_drain(code, reason);
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
}
