//! The sessions by their ids.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The register is in so many parts, so that workers seldom wait for each other.
const PARTS: usize = 32;

/// Things by their ids.
#[derive(Debug)]
pub(super) struct Registry<T> {
    parts: [Mutex<HashMap<String, Arc<T>>>; PARTS],
    hasher: RandomState,
}

impl<T> Registry<T> {
    pub(super) fn new() -> Self {
        Self { parts: Default::default(), hasher: RandomState::new() }
    }

    pub(super) fn find(&self, id: &str) -> Option<Arc<T>> {
        self.part(id).get(id).cloned()
    }

    pub(super) fn insert(&self, id: String, thing: Arc<T>) {
        self.part(&id).insert(id, thing);
    }

    pub(super) fn remove(&self, id: &str) {
        self.part(id).remove(id);
    }

    fn part(&self, id: &str) -> MutexGuard<'_, HashMap<String, Arc<T>>> {
        let [first, ..] = &self.parts;
        let index = usize::try_from(self.hasher.hash_one(id) % PARTS as u64).unwrap_or_default();
        self.parts.get(index).unwrap_or(first).lock().unwrap_or_else(PoisonError::into_inner)
    }
}
