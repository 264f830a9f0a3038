//! The store itself.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use crate::error::{Error, StoreError};
use crate::memory::state::State;
use crate::memory::user_table::UserTable;
use crate::port::{Store, StoreFuture, TransactionFn};

/// Keeps everything in memory, under one lock. See the limits in [`crate::memory`].
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs `job` alone on the users of this store, for a store of something else beside it that must agree
    /// with it, such as one of logins. What it changes is undone unless it calls [`UserTable::keep`].
    pub fn with_users<T>(&self, job: impl FnOnce(&mut UserTable<'_>) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        job(&mut UserTable::new(&mut state))
    }

    /// Runs `job` alone. Its changes stay if it succeeds and `durable` is asked for.
    fn run(&self, mut job: TransactionFn, durable: bool) -> Result<(), Error> {
        // A poisoned lock is sound: a job's panic is caught below, and its changes are undone.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = catch_unwind(AssertUnwindSafe(|| job(&mut *state)))
            .unwrap_or_else(|_| Err(StoreError::Internal("the job panicked".to_owned()).into()));
        if durable && outcome.is_ok() {
            state.keep();
        } else {
            state.undo();
        }
        outcome
    }
}

impl Store for MemoryStore {
    fn write(&self, job: TransactionFn) -> StoreFuture<'_> {
        Box::pin(async move { self.run(job, true) })
    }

    fn read(&self, job: TransactionFn) -> StoreFuture<'_> {
        Box::pin(async move { self.run(job, false) })
    }
}
