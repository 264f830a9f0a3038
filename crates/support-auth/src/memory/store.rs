//! The store itself.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use support_domain::error::StoreError;
use support_domain::memory::MemoryStore;

use super::tables::Tables;
use super::transaction::Transaction;
use crate::error::Error;
use crate::port::{AuthStore, AuthStoreFuture, AuthTransactionFn};

/// Keeps sessions, second factors and identities in memory; accounts are the users of the desk beside it. See
/// the limits in [`crate::memory`].
#[derive(Debug)]
pub struct MemoryAuthStore {
    desk: Arc<MemoryStore>,
    tables: Mutex<Tables>,
}

impl MemoryAuthStore {
    /// An empty store beside the one that has the users.
    #[must_use]
    pub fn beside(desk: Arc<MemoryStore>) -> Self {
        Self { desk, tables: Mutex::default() }
    }

    /// Runs `job` alone. Its changes stay if it succeeds and `durable` is asked for.
    fn run(&self, mut job: AuthTransactionFn, durable: bool) -> Result<(), Error> {
        self.desk.with_users(|users| {
            // A poisoned lock is sound: a job's panic is caught below, and its copy is thrown away.
            let mut kept = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
            kept.follow_erasures(users);
            let mut transaction = Transaction { users, tables: kept.clone() };
            let outcome = catch_unwind(AssertUnwindSafe(|| job(&mut transaction)))
                .unwrap_or_else(|_| Err(StoreError::Internal("the job panicked".to_owned()).into()));
            if durable && outcome.is_ok() {
                transaction.users.keep();
                *kept = transaction.tables;
            }
            outcome
        })
    }
}

impl AuthStore for MemoryAuthStore {
    fn write(&self, job: AuthTransactionFn) -> AuthStoreFuture<'_> {
        Box::pin(async move { self.run(job, true) })
    }

    fn read(&self, job: AuthTransactionFn) -> AuthStoreFuture<'_> {
        Box::pin(async move { self.run(job, false) })
    }
}
