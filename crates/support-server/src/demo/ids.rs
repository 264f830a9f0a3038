//! Ids for a replay.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use support_domain::id::IdSource;
use support_domain::memory::ManualClock;
use support_domain::time::Clock;
use uuid::Uuid;

/// Ids of the replayed time, so that they ascend with it as real ones do.
pub(super) struct ReplayIds {
    clock: Arc<ManualClock>,
    made: AtomicU32,
}

impl ReplayIds {
    pub(super) fn new(clock: Arc<ManualClock>) -> Self {
        Self { clock, made: AtomicU32::new(0) }
    }
}

impl IdSource for ReplayIds {
    fn next_id(&self) -> Uuid {
        let micros = self.clock.now().as_micros();
        let seconds = u64::try_from(micros.div_euclid(1_000_000)).unwrap_or_default();
        let nanos = u32::try_from(micros.rem_euclid(1_000_000)).unwrap_or_default() * 1_000;
        // What is made at the same instant ascends by a counter, which a replay does not exhaust.
        let made = self.made.fetch_add(1, Ordering::Relaxed);
        let at = uuid::Timestamp::from_unix_time(seconds, nanos, u128::from(made), 32);
        Uuid::new_v7(at)
    }
}
