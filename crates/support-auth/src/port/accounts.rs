//! Accounts: the desk's users, as far as logging in concerns them.

use support_domain::entity::User;
use support_domain::id::UserId;
use support_domain::port::StoreResult;
use support_domain::value::{EmailAddress, PasswordHash};

/// Reads the users that the desk keeps. They are added and changed by the desk alone; here only the hash of
/// a password is replaced by another of the same password.
pub trait AccountRepository {
    /// The user with this id.
    fn find(&mut self, id: UserId) -> StoreResult<Option<User>>;

    /// The user with a password who logs in with this address, in whatever letter case.
    fn find_login(&mut self, email: &EmailAddress) -> StoreResult<Option<User>>;

    /// The agents and administrators with this address, with a password or without, by id.
    fn list_staff(&mut self, email: &EmailAddress) -> StoreResult<Vec<User>>;

    /// Stores `new` in place of the hash `old` of this user; says whether it did. A user whose hash is
    /// another by now is left as they are.
    fn replace_password(&mut self, user: UserId, old: &PasswordHash, new: &PasswordHash)
    -> StoreResult<bool>;
}
