//! The surroundings of a use case.

use support_domain::id::IdSource;
use support_domain::time::Timestamp;

use crate::port::AuthRepositories;

/// One transaction.
pub(crate) struct UseCaseContext<'a> {
    /// The repositories.
    pub(crate) tx: &'a mut dyn AuthRepositories,
    /// When.
    pub(crate) now: Timestamp,
    /// Where ids come from.
    pub(crate) ids: &'a dyn IdSource,
}
