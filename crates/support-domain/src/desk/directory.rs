//! The cached lists of agents and departments (specification, "Performance Optimization" 3).

use std::sync::{Arc, Mutex, PoisonError};

use crate::entity::{Agent, Department};
use crate::time::Timestamp;

/// Both lists, as read together.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) agents: Vec<Agent>,
    pub(super) departments: Vec<Department>,
}

/// Keeps the listing until something in it changes.
pub(super) struct Directory {
    max_age_ms: Option<i64>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    generation: u64,
    cached: Option<(Arc<Listing>, Timestamp)>,
}

impl Directory {
    pub(super) fn new(max_age_ms: Option<i64>) -> Self {
        Self { max_age_ms, state: Mutex::default() }
    }

    /// The cached listing if it still holds, and the generation under which a fresh one may be kept.
    pub(super) fn get(&self, now: Timestamp) -> (Option<Arc<Listing>>, u64) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |since: Timestamp| {
            self.max_age_ms
                .is_none_or(|max| (0..max * 1_000).contains(&(now.as_micros() - since.as_micros())))
        };
        let cached =
            state.cached.as_ref().filter(|(_, since)| fresh(*since)).map(|(listing, _)| Arc::clone(listing));
        (cached, state.generation)
    }

    /// Keeps a listing that was read after [`Directory::get`] answered `generation`, unless something changed since.
    pub(super) fn put(&self, listing: Listing, generation: u64, now: Timestamp) -> Arc<Listing> {
        let listing = Arc::new(listing);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.generation == generation {
            state.cached = Some((Arc::clone(&listing), now));
        }
        listing
    }

    /// Forgets the listing.
    pub(super) fn invalidate(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.generation += 1;
        state.cached = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty() -> Listing {
        Listing { agents: Vec::new(), departments: Vec::new() }
    }

    #[test]
    fn a_listing_read_before_a_change_is_not_kept_after_it() {
        let directory = Directory::new(None);
        let (cached, generation) = directory.get(Timestamp::EPOCH);
        assert!(cached.is_none());
        directory.invalidate();
        directory.put(empty(), generation, Timestamp::EPOCH);
        let (cached, generation) = directory.get(Timestamp::EPOCH);
        assert!(cached.is_none());
        directory.put(empty(), generation, Timestamp::EPOCH);
        assert!(directory.get(Timestamp::from_micros(i64::MAX)).0.is_some());
    }

    #[test]
    fn a_listing_ages_where_others_may_change_it() {
        let directory = Directory::new(Some(1));
        directory.put(empty(), 0, Timestamp::EPOCH);
        assert!(directory.get(Timestamp::from_micros(999)).0.is_some());
        assert!(directory.get(Timestamp::from_micros(1_000)).0.is_none());
    }
}
