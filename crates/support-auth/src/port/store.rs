//! The store: transactions over the repositories.

use std::future::Future;
use std::pin::Pin;

use super::accounts::AccountRepository;
use super::identities::IdentityRepository;
use super::second_factors::SecondFactorRepository;
use super::sessions::SessionRepository;
use crate::error::Error;

/// All repositories of one transaction.
pub trait AuthRepositories {
    /// Users, as far as logging in concerns them.
    fn accounts(&mut self) -> &mut dyn AccountRepository;
    /// Sessions.
    fn sessions(&mut self) -> &mut dyn SessionRepository;
    /// Second factors.
    fn second_factors(&mut self) -> &mut dyn SecondFactorRepository;
    /// Users at identity providers.
    fn identities(&mut self) -> &mut dyn IdentityRepository;
}

/// The work of one transaction. A store may run it again after a deadlock or a lost race, so it must begin
/// afresh each time and do nothing outside its repositories that cannot be repeated.
pub type AuthTransactionFn = Box<dyn FnMut(&mut dyn AuthRepositories) -> Result<(), Error> + Send>;

/// The end of a transaction.
pub type AuthStoreFuture<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

/// Runs transactions over the database that the desk's store is over as well: a user whom the desk has added
/// can log in, and one whom it has erased has no session left.
pub trait AuthStore: Send + Sync {
    /// Runs `job` in a transaction that is durable once this returns `Ok`, and undone otherwise. A job that
    /// panics is undone too, and an [`Error::Store`].
    ///
    /// # Errors
    /// What the job returned; [`support_domain::error::StoreError::Unavailable`] or
    /// [`support_domain::error::StoreError::Overloaded`] when it could not run.
    fn write(&self, job: AuthTransactionFn) -> AuthStoreFuture<'_>;

    /// Runs `job` on one consistent state of the store, in which every earlier write is visible. Changes and
    /// locks are refused or undone.
    ///
    /// # Errors
    /// As [`AuthStore::write`].
    fn read(&self, job: AuthTransactionFn) -> AuthStoreFuture<'_>;
}
