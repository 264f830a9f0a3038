//! Data keys that were read not long ago.

use std::collections::HashMap;
use std::time::Duration;

use support_domain::id::UserId;

use super::owner::DataKey;

/// The most keys in each of the two halves.
const HALF: usize = 8_192;

/// A bounded set of data keys. It has two halves: when the young one is full it becomes the old one, and what
/// was old and has not been asked for since is gone.
pub(super) struct OwnerCache {
    trusted: Option<Duration>,
    epoch: u64,
    young: HashMap<UserId, DataKey>,
    old: HashMap<UserId, DataKey>,
}

impl OwnerCache {
    /// An empty cache, whose keys hold for so long; for good if `None`.
    pub(super) fn new(trusted: Option<Duration>) -> Self {
        Self { trusted, epoch: 0, young: HashMap::new(), old: HashMap::new() }
    }

    pub(super) fn find(&mut self, owner: UserId) -> Option<DataKey> {
        let found = if let Some(key) = self.young.get(&owner) {
            key.clone()
        } else {
            let key = self.old.remove(&owner)?;
            self.put(key.clone());
            key
        };
        let holds = self.trusted.is_none_or(|trusted| found.read_at().elapsed() < trusted);
        if !holds {
            self.young.remove(&owner);
        }
        holds.then_some(found)
    }

    pub(super) fn put(&mut self, key: DataKey) {
        if self.young.len() >= HALF {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key.owner(), key);
    }

    /// Counts how often the cache was cleared.
    pub(super) const fn epoch(&self) -> u64 {
        self.epoch
    }

    pub(super) fn clear(&mut self) {
        self.epoch += 1;
        self.young.clear();
        self.old.clear();
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::crypto::Keyring;

    fn key(owner: u128) -> DataKey {
        DataKey::draw(UserId::new(Uuid::from_u128(owner)), 0, &Keyring::default()).expect("drawn")
    }

    fn holds(cache: &mut OwnerCache, owner: u128) -> bool {
        cache.find(UserId::new(Uuid::from_u128(owner))).is_some()
    }

    #[test]
    fn keys_that_are_asked_for_stay_and_others_go() {
        let mut cache = OwnerCache::new(None);
        let half = u128::try_from(HALF).expect("small");
        for owner in 0..=2 * half {
            cache.put(key(owner));
            assert!(holds(&mut cache, 0), "after {owner}");
        }
        assert!(holds(&mut cache, 2 * half));
        assert!(!holds(&mut cache, 1));
        assert!(cache.young.len() + cache.old.len() <= 2 * HALF + 1);
        cache.clear();
        assert!(!holds(&mut cache, 0) && cache.epoch() == 1);
    }

    #[test]
    fn keys_are_trusted_for_a_time() {
        let mut cache = OwnerCache::new(Some(Duration::ZERO));
        cache.put(key(1));
        assert!(!holds(&mut cache, 1));
        let mut cache = OwnerCache::new(Some(Duration::from_hours(1)));
        cache.put(key(1));
        assert!(holds(&mut cache, 1));
    }
}
