//! One limit as a generic cell rate algorithm (ITU-T I.371, "virtual scheduling"): all that is kept of a
//! bucket is when it will be full again.

use std::time::Duration;

/// How much is taken of one caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What callers know it by.
    pub name: &'static str,
    /// The most at once.
    pub burst: u32,
    /// After how long one more is taken.
    pub every: Duration,
}

/// What is left of a caller's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The limit.
    pub policy: Policy,
    /// How many more would be taken now.
    pub left: u32,
    /// In how long one more would be taken; zero if it would be now.
    pub next_in: Duration,
    /// In how long all of the burst would be taken again.
    pub full_in: Duration,
}

/// A bucket: when it is full again, in nanoseconds since the start. In the past, as 0 is: it is full.
pub type FullAt = u64;

impl Policy {
    /// A limit of `burst` at once, and one more `every` so often.
    #[must_use]
    pub const fn new(name: &'static str, burst: u32, every: Duration) -> Self {
        Self { name, burst, every }
    }

    /// How long an empty bucket takes to fill.
    #[must_use]
    pub fn window(&self) -> Duration {
        self.every.saturating_mul(self.burst)
    }

    /// What is left of a bucket.
    #[must_use]
    pub fn quota(&self, full_at: FullAt, now: u64) -> Quota {
        let missing = full_at.saturating_sub(now);
        let (window, every) = (nanos(self.window()), nanos(self.every).max(1));
        let left = window.saturating_sub(missing) / every;
        let next = if left == 0 { missing.saturating_add(every).saturating_sub(window) } else { 0 };
        Quota {
            policy: *self,
            left: u32::try_from(left).unwrap_or(u32::MAX),
            next_in: Duration::from_nanos(next),
            full_in: Duration::from_nanos(missing),
        }
    }

    /// The bucket with one less; `None` when none is left.
    #[must_use]
    pub fn take(&self, full_at: FullAt, now: u64) -> Option<FullAt> {
        (self.quota(full_at, now).left > 0).then(|| full_at.max(now).saturating_add(nanos(self.every)))
    }

    /// The bucket with one more.
    #[must_use]
    pub fn give_back(&self, full_at: FullAt) -> FullAt {
        full_at.saturating_sub(nanos(self.every))
    }

    /// An empty bucket.
    #[must_use]
    pub fn empty(&self, now: u64) -> FullAt {
        now.saturating_add(nanos(self.window()))
    }
}

/// A duration in nanoseconds; 584 years for longer ones.
#[must_use]
pub fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_burst_passes_at_once_and_then_one_at_a_time() {
        let policy = Policy::new("x", 3, Duration::from_secs(2));
        let mut bucket = 0;
        for left in [2, 1, 0] {
            bucket = policy.take(bucket, 10 * SECOND).expect("left");
            assert_eq!(policy.quota(bucket, 10 * SECOND).left, left);
        }
        let quota = policy.quota(bucket, 11 * SECOND);
        assert_eq!((quota.left, quota.next_in.as_secs(), quota.full_in.as_secs()), (0, 1, 5));
        assert_eq!(policy.take(bucket, 12 * SECOND - 1), None);
        bucket = policy.take(bucket, 12 * SECOND).expect("one more");
        assert_eq!(policy.take(bucket, 12 * SECOND), None);
        bucket = policy.give_back(bucket);
        assert_eq!(policy.quota(bucket, 12 * SECOND).left, 1);
        assert_eq!(policy.quota(policy.empty(12 * SECOND), 12 * SECOND).left, 0);
    }

    proptest! {
        /// In no stretch of time is more let through than the burst and what has come in since.
        #[test]
        fn never_more_than_the_burst_and_the_rate(
            burst in 1_u32..20,
            every in 1_u64..2_000,
            steps in prop::collection::vec(0_u64..3_000, 1..200),
        ) {
            let policy = Policy::new("x", burst, Duration::from_nanos(every));
            let (mut bucket, mut now, mut passed) = (0, 0, Vec::new());
            for step in steps {
                now += step;
                let quota = policy.quota(bucket, now);
                prop_assert!(quota.left <= burst);
                if let Some(taken) = policy.take(bucket, now) {
                    bucket = taken;
                    passed.push(now);
                } else {
                    let next = now + nanos(quota.next_in);
                    prop_assert!(next > now && policy.take(bucket, next).is_some());
                    prop_assert!(policy.take(bucket, next - 1).is_none());
                }
            }
            for (first, start) in passed.iter().enumerate() {
                for (last, end) in passed.iter().enumerate().skip(first) {
                    let (count, stretch) = ((last - first + 1) as u64, end - start);
                    prop_assert!(count <= u64::from(burst) + stretch / every);
                }
            }
        }
    }
}
