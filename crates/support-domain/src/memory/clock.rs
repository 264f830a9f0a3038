//! A clock that is set by hand.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::TimeDelta;

use crate::time::{Clock, Timestamp};

/// Stands still until it is set or advanced. Shared by reference between threads.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `now`.
    #[must_use]
    pub const fn new(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.as_micros()))
    }

    /// Makes it show `now`, which may be earlier than before.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_micros(), Ordering::SeqCst);
    }

    /// Moves it by `delta`, which may be negative, and returns what it shows then.
    pub fn advance(&self, delta: TimeDelta) -> Timestamp {
        let micros = delta.num_microseconds().unwrap_or(i64::MAX);
        Timestamp::from_micros(self.0.fetch_add(micros, Ordering::SeqCst)).plus(delta)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_moves_by_hand_alone() {
        let clock = ManualClock::new(Timestamp::from_micros(5));
        assert_eq!((clock.now(), clock.now()), (Timestamp::from_micros(5), Timestamp::from_micros(5)));
        assert_eq!(clock.advance(TimeDelta::seconds(2)), Timestamp::from_micros(2_000_005));
        assert_eq!(clock.now(), Timestamp::from_micros(2_000_005));
        clock.set(Timestamp::EPOCH);
        assert_eq!(clock.now(), Timestamp::EPOCH);
    }
}
