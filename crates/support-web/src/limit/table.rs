//! The buckets of all callers under one limit, in bounded memory.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};

use super::policy::{FullAt, Policy, Quota};

/// The most callers that a table should remember: about 3 MB.
pub const CAPACITY: usize = 100_000;

/// Buckets by caller. Full ones need not be remembered. Callers are kept as hashes under a key that nobody
/// knows, not by name or address.
pub struct Table {
    policy: Policy,
    capacity: usize,
    hasher: RandomState,
    buckets: HashMap<u64, FullAt>,
}

impl Table {
    /// An empty table, for at most `capacity` callers.
    #[must_use]
    pub fn new(policy: Policy, capacity: usize) -> Self {
        Self { policy, capacity, hasher: RandomState::new(), buckets: HashMap::new() }
    }

    /// What is left for a caller.
    #[must_use]
    pub fn quota(&self, caller: &impl Hash, now: u64) -> Quota {
        let bucket = self.buckets.get(&self.hasher.hash_one(caller));
        self.policy.quota(bucket.copied().unwrap_or(0), now)
    }

    /// Takes one from a caller, and returns whether one was left.
    pub fn take(&mut self, caller: &impl Hash, now: u64) -> bool {
        let key = self.hasher.hash_one(caller);
        let taken = self.policy.take(self.buckets.get(&key).copied().unwrap_or(0), now);
        taken.is_some_and(|bucket| {
            self.put(key, bucket, now);
            true
        })
    }

    /// Gives one back to a caller.
    pub fn give_back(&mut self, caller: &impl Hash) {
        let key = self.hasher.hash_one(caller);
        if let Some(bucket) = self.buckets.get_mut(&key) {
            *bucket = self.policy.give_back(*bucket);
        }
    }

    /// Takes all from a caller.
    pub fn empty(&mut self, caller: &impl Hash, now: u64) {
        self.put(self.hasher.hash_one(caller), self.policy.empty(now), now);
    }

    fn put(&mut self, key: u64, bucket: FullAt, now: u64) {
        if self.buckets.len() >= self.capacity && !self.buckets.contains_key(&key) {
            self.forget(now);
        }
        self.buckets.insert(key, bucket);
    }

    /// Makes room: forgets the buckets that are full, and if that is not enough those that are nearest to it.
    /// At least a quarter goes, so that the cost of looking through all of them is shared by many
    /// callers.
    fn forget(&mut self, now: u64) {
        self.buckets.retain(|_, bucket| *bucket > now);
        let kept = self.capacity * 3 / 4;
        if self.buckets.len() <= kept {
            return;
        }
        let mut by_time: Vec<(FullAt, u64)> = self.buckets.iter().map(|(key, at)| (*at, *key)).collect();
        let surplus = by_time.len() - kept;
        by_time.select_nth_unstable(surplus - 1);
        for (_, key) in by_time.iter().take(surplus) {
            self.buckets.remove(key);
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.buckets.len()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn table(burst: u32, capacity: usize) -> Table {
        Table::new(Policy::new("x", burst, Duration::from_secs(1)), capacity)
    }

    #[test]
    fn callers_do_not_share_a_bucket() {
        let mut table = table(1, 10);
        assert!(table.take(&"a", 0) && !table.take(&"a", 0) && table.take(&"b", 0));
        table.give_back(&"a");
        table.give_back(&"nobody");
        assert!(table.take(&"a", 0));
        table.empty(&"c", 0);
        assert!(!table.take(&"c", 0) && table.take(&"c", SECOND));
    }

    #[test]
    fn full_buckets_are_forgotten_first_and_then_those_that_miss_least() {
        let mut table = table(10, 8);
        for caller in 0..4 {
            table.take(&caller, 0);
        }
        let later = 5 * SECOND;
        for caller in 10..14 {
            table.empty(&caller, later);
        }
        table.take(&20, later);
        assert_eq!(table.len(), 5, "the first four were full again");
        for caller in 21..24 {
            table.take(&caller, later);
        }
        table.take(&30, later);
        assert!((10..14).all(|caller| table.quota(&caller, later).left == 0), "the emptiest are kept");
        assert_eq!(table.len(), 7);
    }

    proptest! {
        #[test]
        fn memory_is_bounded(
            capacity in 1_usize..40,
            callers in prop::collection::vec((0_u16..200, 0_u64..3), 1..400),
        ) {
            let mut table = table(3, capacity);
            let mut now = 0;
            for (caller, seconds) in callers {
                now += seconds * SECOND;
                table.take(&caller, now);
                prop_assert!(table.len() <= capacity);
                prop_assert!(table.quota(&caller, now).left < 3);
            }
        }
    }
}
