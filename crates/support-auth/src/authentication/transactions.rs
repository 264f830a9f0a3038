//! Running use cases in transactions.

use std::sync::{Arc, Mutex, PoisonError};

use support_domain::error::StoreError;
use support_domain::id::IdSource;
use support_domain::time::{Clock, Timestamp};

use crate::error::Error;
use crate::port::{AuthRepositories, AuthStore, AuthTransactionFn};
use crate::usecase::UseCaseContext;

/// Where a job leaves what it returns; the last run counts.
type ResultSlot<T> = Arc<Mutex<Option<T>>>;

/// A store, and what its transactions need.
#[derive(Clone)]
pub(super) struct Transactions {
    store: Arc<dyn AuthStore>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

impl Transactions {
    pub(super) fn new(store: Arc<dyn AuthStore>, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        Self { store, clock, ids }
    }

    /// What time it is.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Runs a use case that changes something.
    pub(super) async fn write<T, F>(&self, run: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Fn(&mut UseCaseContext<'_>) -> Result<T, Error> + Send + 'static,
    {
        let slot = ResultSlot::default();
        self.store.write(self.job(run, &slot)).await?;
        taken(&slot)
    }

    /// Runs a use case that only looks.
    pub(super) async fn read<T, F>(&self, run: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Fn(&mut UseCaseContext<'_>) -> Result<T, Error> + Send + 'static,
    {
        let slot = ResultSlot::default();
        self.store.read(self.job(run, &slot)).await?;
        taken(&slot)
    }

    fn job<T, F>(&self, run: F, slot: &ResultSlot<T>) -> AuthTransactionFn
    where
        T: Send + 'static,
        F: Fn(&mut UseCaseContext<'_>) -> Result<T, Error> + Send + 'static,
    {
        let (clock, ids, slot) = (Arc::clone(&self.clock), Arc::clone(&self.ids), Arc::clone(slot));
        Box::new(move |tx: &mut dyn AuthRepositories| {
            let value = run(&mut UseCaseContext { tx, now: clock.now(), ids: ids.as_ref() })?;
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
            Ok(())
        })
    }
}

fn taken<T>(slot: &ResultSlot<T>) -> Result<T, Error> {
    let value = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
    value.ok_or_else(|| StoreError::Internal("the store did not run the job".to_owned()).into())
}
