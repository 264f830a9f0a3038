//! A store at work, as cases see it.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use support_domain::contract::block_on;
use support_domain::entity::User;
use support_domain::error::{Error as DeskError, StoreError};
use support_domain::port::{Repositories, Store};

use super::sample;
use crate::error::Error;
use crate::port::{AuthRepositories, AuthStore, AuthTransactionFn};

/// A store beside a desk's, and short ways to use them.
pub(crate) struct Scene {
    desk: Arc<dyn Store>,
    store: Arc<dyn AuthStore>,
}

impl Scene {
    pub(super) fn new(desk: Arc<dyn Store>, store: Arc<dyn AuthStore>) -> Self {
        Self { desk, store }
    }

    /// Runs `job` in a transaction that must succeed.
    #[track_caller]
    pub(super) fn write<T, E>(
        &self,
        job: impl FnMut(&mut dyn AuthRepositories) -> Result<T, E> + Send + 'static,
    ) -> T
    where
        T: Send + 'static,
        E: Into<Error>,
    {
        self.try_write(job).expect("the store writes")
    }

    /// Runs `job` in a transaction.
    pub(super) fn try_write<T, E>(
        &self,
        job: impl FnMut(&mut dyn AuthRepositories) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Error>
    where
        T: Send + 'static,
        E: Into<Error>,
    {
        let value = Arc::new(Mutex::new(None));
        block_on(self.store.write(returning(job, &value)))?;
        Ok(taken(&value))
    }

    /// Runs `job` in a transaction that must fail by the store's own doing, and returns how.
    #[track_caller]
    pub(super) fn refusal<T, E>(
        &self,
        job: impl FnMut(&mut dyn AuthRepositories) -> Result<T, E> + Send + 'static,
    ) -> StoreError
    where
        T: Send + Debug + 'static,
        E: Into<Error>,
    {
        match self.try_write(job).expect_err("the store refuses") {
            Error::Store(error) => error,
            other => panic!("expected a failure of the store, got {other:?}"),
        }
    }

    /// Runs `job` on one state of the store, which must succeed.
    #[track_caller]
    pub(super) fn read<T, E>(
        &self,
        job: impl FnMut(&mut dyn AuthRepositories) -> Result<T, E> + Send + 'static,
    ) -> T
    where
        T: Send + 'static,
        E: Into<Error>,
    {
        let value = Arc::new(Mutex::new(None));
        block_on(self.store.read(returning(job, &value))).expect("the store reads");
        taken(&value)
    }

    /// Runs a bare job, that returns nothing but its outcome.
    pub(super) fn run(&self, job: AuthTransactionFn) -> Result<(), Error> {
        block_on(self.store.write(job))
    }

    /// Runs a bare reading job, that returns nothing but its outcome.
    pub(super) fn run_reading(&self, job: AuthTransactionFn) -> Result<(), Error> {
        block_on(self.store.read(job))
    }

    /// Runs `work` in `count` threads at once and returns what each brought, by its number from 0.
    pub(super) fn in_threads<T: Send>(&self, count: u64, work: impl Fn(&Self, u64) -> T + Sync) -> Vec<T> {
        let work = &work;
        thread::scope(|scope| {
            let threads: Vec<_> = (0..count).map(|n| scope.spawn(move || work(self, n))).collect();
            threads.into_iter().map(|thread| thread.join().expect("the thread ends well")).collect()
        })
    }

    /// Runs `job` in a transaction of the desk.
    pub(super) fn at_desk(
        &self,
        mut job: impl FnMut(&mut dyn Repositories) -> Result<(), DeskError> + Send + 'static,
    ) -> Result<(), DeskError> {
        block_on(self.desk.write(Box::new(move |tx| job(tx))))
    }

    /// Adds users to the desk.
    pub(super) fn join(&self, users: &[User]) {
        let users = users.to_vec();
        self.at_desk(move |tx| Ok(users.iter().try_for_each(|user| tx.users().insert(user))?))
            .expect("the desk adds users");
    }

    /// Adds the users of [`sample`] to the desk.
    pub(super) fn seed(&self) {
        self.join(&sample::users());
    }
}

/// A job that keeps what `job` returned last.
fn returning<T, E>(
    mut job: impl FnMut(&mut dyn AuthRepositories) -> Result<T, E> + Send + 'static,
    value: &Arc<Mutex<Option<T>>>,
) -> AuthTransactionFn
where
    T: Send + 'static,
    E: Into<Error>,
{
    let value = Arc::clone(value);
    Box::new(move |tx| {
        let returned = job(tx).map_err(Into::into)?;
        *value.lock().unwrap_or_else(PoisonError::into_inner) = Some(returned);
        Ok(())
    })
}

#[track_caller]
fn taken<T>(value: &Mutex<Option<T>>) -> T {
    let taken = value.lock().unwrap_or_else(PoisonError::into_inner).take();
    taken.expect("a store that succeeds has run the job")
}
