//! The cached lists of agents and departments (`docs/specification.md`, section 8.1).

use std::sync::{Arc, Mutex, PoisonError};

use crate::entity::{Agent, Department};

/// Both lists, as read together.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) agents: Vec<Agent>,
    pub(super) departments: Vec<Department>,
}

/// Keeps the listing until something in it changes.
pub(super) struct Directory {
    caches: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    generation: u64,
    cached: Option<Arc<Listing>>,
}

impl Directory {
    /// A directory that keeps listings, or one that does not because others may change them unseen.
    pub(super) fn new(caches: bool) -> Self {
        Self { caches, state: Mutex::default() }
    }

    /// The kept listing, and the generation under which a fresh one may be kept.
    pub(super) fn get(&self) -> (Option<Arc<Listing>>, u64) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (state.cached.clone(), state.generation)
    }

    /// Keeps a listing that was read after [`Directory::get`] answered `generation`, unless something changed
    /// since.
    pub(super) fn put(&self, listing: Listing, generation: u64) -> Arc<Listing> {
        let listing = Arc::new(listing);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if self.caches && state.generation == generation {
            state.cached = Some(Arc::clone(&listing));
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
        let directory = Directory::new(true);
        let (cached, generation) = directory.get();
        assert!(cached.is_none());
        directory.invalidate();
        directory.put(empty(), generation);
        let (cached, generation) = directory.get();
        assert!(cached.is_none());
        directory.put(empty(), generation);
        assert!(directory.get().0.is_some());
    }

    #[test]
    fn nothing_is_kept_where_others_may_change_it() {
        let directory = Directory::new(false);
        directory.put(empty(), 0);
        assert!(directory.get().0.is_none());
    }
}
