//! Users.

use crate::entity::User;
use crate::id::UserId;
use crate::port::StoreResult;
use crate::value::EmailAddress;

/// Keeps users.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait UserRepository {
    /// The user with this id.
    fn find(&mut self, id: UserId) -> StoreResult<Option<User>>;

    /// The customer with this address who has been known longest.
    fn find_customer(&mut self, email: &EmailAddress) -> StoreResult<Option<User>>;

    /// Adds a user. [`crate::error::StoreError::Conflict`] on `email` if both have a password and the same
    /// address.
    fn insert(&mut self, user: &User) -> StoreResult<()>;

    /// Adds a user unless one with the same id exists, who is then left as they are.
    fn insert_if_absent(&mut self, user: &User) -> StoreResult<()>;

    /// Stores a user's new name, address, telephone number and password.
    fn save(&mut self, user: &User) -> StoreResult<()>;

    /// Makes unreadable for good what is personal of a user, as [`crate::erasure`] says: their name, address
    /// and telephone number, here and on their tickets, and of these tickets the descriptions,
    /// resolutions, messages, details of the history and notifications. What is known of files on them is
    /// deleted. They cannot log in any more, their sessions are over, and their requests forgotten. What is
    /// written of these tickets later is kept as ever, and their histories still verify.
    ///
    /// Tickets that this transaction locked before must be locked again.
    fn erase(&mut self, id: UserId) -> StoreResult<()>;
}
