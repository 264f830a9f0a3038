//! The users of a store in memory, for a store beside it.

use crate::entity::User;
use crate::id::UserId;
use crate::memory::state::State;
use crate::port::StoreResult;
use crate::value::EmailAddress;

/// The users of a [`crate::memory::MemoryStore`], while nobody else uses it: see
/// [`crate::memory::MemoryStore::with_users`].
#[derive(Debug)]
pub struct UserTable<'a>(&'a mut State);

impl<'a> UserTable<'a> {
    pub(super) const fn new(state: &'a mut State) -> Self {
        Self(state)
    }

    /// The user with this id.
    #[must_use]
    pub fn find(&self, id: UserId) -> Option<&User> {
        self.0.users.get(&id)
    }

    /// The user with a password who has this address.
    #[must_use]
    pub fn find_login(&self, email: &EmailAddress) -> Option<&User> {
        self.0.logins.get(email).and_then(|id| self.0.users.get(id))
    }

    /// Every user, by id.
    pub fn all(&self) -> impl Iterator<Item = &User> {
        self.0.users.values()
    }

    /// Whose personal data was erased, in the order in which it was.
    pub fn erased(&self) -> impl Iterator<Item = UserId> {
        self.0.erasures.values().copied()
    }

    /// Puts a user in place of the one with their id.
    ///
    /// # Errors
    /// As [`crate::port::UserRepository::save`].
    pub fn put(&mut self, user: User) -> StoreResult<()> {
        self.0.put_user(user)
    }

    /// Keeps what was changed so far.
    pub fn keep(&mut self) {
        self.0.keep();
    }
}

impl Drop for UserTable<'_> {
    /// Undoes what was not kept.
    fn drop(&mut self) {
        self.0.undo();
    }
}
