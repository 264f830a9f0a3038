//! How many events one connection may send (`docs/contract.md`, section 4.5): 40 at once, 20 a second.

use std::time::Duration;

use support_web::limit::{FullAt, Policy, nanos};
use tokio::time::Instant;

const EVENTS: Policy = Policy::new("events-connection", 40, Duration::from_millis(50));
/// So many refused ones without a pause in which the bucket fills up, and the connection is closed.
const PATIENCE: u32 = 100;

/// What becomes of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It is handled.
    Pass,
    /// It is answered with an error.
    Refuse,
    /// It went on for too long.
    Close,
}

/// One connection's bucket.
#[derive(Debug)]
pub(crate) struct Limiter {
    start: Instant,
    full_at: FullAt,
    refused: u32,
}

impl Limiter {
    /// A full bucket.
    pub(crate) const fn new(now: Instant) -> Self {
        Self { start: now, full_at: 0, refused: 0 }
    }

    /// Judges one more event.
    pub(crate) fn judge(&mut self, now: Instant) -> Decision {
        let now = nanos(now.saturating_duration_since(self.start));
        if self.full_at <= now {
            self.refused = 0;
        }
        if let Some(full_at) = EVENTS.take(self.full_at, now) {
            self.full_at = full_at;
            return Decision::Pass;
        }
        self.refused += 1;
        if self.refused >= PATIENCE { Decision::Close } else { Decision::Refuse }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(limiter: &mut Limiter, now: Instant, events: usize) -> Vec<Decision> {
        (0..events).map(|_| limiter.judge(now)).collect()
    }

    #[test]
    fn forty_pass_at_once_and_twenty_a_second() {
        let start = Instant::now();
        let mut limiter = Limiter::new(start);
        let verdicts = judge(&mut limiter, start, 50);
        assert!(verdicts[..40].iter().all(|verdict| *verdict == Decision::Pass));
        assert!(verdicts[40..].iter().all(|verdict| *verdict == Decision::Refuse));
        let verdicts = judge(&mut limiter, start + Duration::from_secs(1), 21);
        assert_eq!(verdicts.iter().filter(|verdict| **verdict == Decision::Pass).count(), 20);
    }

    #[test]
    fn a_flood_is_closed_unless_it_pauses() {
        let start = Instant::now();
        let mut limiter = Limiter::new(start);
        assert_eq!(judge(&mut limiter, start, 139).last(), Some(&Decision::Refuse));
        let rested = start + Duration::from_secs(2);
        assert_eq!(judge(&mut limiter, rested, 139).last(), Some(&Decision::Refuse), "a pause is forgiven");
        assert_eq!(limiter.judge(rested), Decision::Close);
    }
}
