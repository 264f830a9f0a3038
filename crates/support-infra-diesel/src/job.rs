//! The work of one transaction, whichever port it came by.

use support_auth::port::AuthRepositories;
use support_domain::error::StoreError;
use support_domain::port::Repositories;

/// The repositories of all ports.
pub(crate) trait AllRepositories: Repositories + AuthRepositories {}

impl<T: Repositories + AuthRepositories> AllRepositories for T {}

/// Why a transaction is undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Undone {
    /// Its job failed, by an error that whoever submitted it keeps.
    Refused,
    /// The store failed.
    Failed(StoreError),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// The work of a transaction.
pub(crate) type Job = Box<dyn FnMut(&mut dyn AllRepositories) -> Result<(), Undone> + Send>;
