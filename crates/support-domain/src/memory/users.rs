//! Users.

use crate::entity::User;
use crate::erasure;
use crate::error::{Entity, StoreError};
use crate::id::UserId;
use crate::memory::state::State;
use crate::port::{StoreResult, UserRepository};
use crate::time::Timestamp;
use crate::value::{EmailAddress, PersonName, Role};

impl UserRepository for State {
    fn find(&mut self, id: UserId) -> StoreResult<Option<User>> {
        Ok(self.users.get(&id).cloned())
    }

    fn find_customer(&mut self, email: &EmailAddress) -> StoreResult<Option<User>> {
        let first = (email.clone(), Timestamp::from_micros(i64::MIN), UserId::new(uuid::Uuid::nil()));
        let last = (email.clone(), Timestamp::from_micros(i64::MAX), UserId::new(uuid::Uuid::max()));
        let oldest = self.customers.range(first..=last).next().map(|((_, _, id), ())| id);
        Ok(oldest.and_then(|id| self.users.get(id)).cloned())
    }

    fn insert(&mut self, user: &User) -> StoreResult<()> {
        if self.users.contains(&user.id) {
            return Err(StoreError::Conflict { entity: Entity::User, field: "id" });
        }
        self.put_user(user.clone())
    }

    fn insert_if_absent(&mut self, user: &User) -> StoreResult<()> {
        if self.users.contains(&user.id) { Ok(()) } else { self.put_user(user.clone()) }
    }

    fn save(&mut self, user: &User) -> StoreResult<()> {
        let Some(old) = self.users.get(&user.id) else {
            return Err(StoreError::Internal(format!("user {} was never inserted", user.id)));
        };
        let saved = User { role: old.role, created_at: old.created_at, ..user.clone() };
        self.put_user(saved)
    }

    fn erase(&mut self, id: UserId) -> StoreResult<()> {
        if let Some(user) = self.users.get(&id).cloned() {
            let name = PersonName::known(erasure::NAME);
            self.put_user(User { name, email: None, phone: None, password: None, ..user })?;
        }
        self.erase_customer(id);
        Ok(())
    }
}

impl State {
    /// Puts a user in place of the one with their id, and their places in the indexes.
    pub(super) fn put_user(&mut self, user: User) -> StoreResult<()> {
        let index = |user: &User| (login(user), customer(user));
        let (old_login, old_customer) = self.users.get(&user.id).map(index).unwrap_or_default();
        let (login, customer) = index(&user);
        if login.as_ref().and_then(|email| self.logins.get(email)).is_some_and(|id| *id != user.id) {
            return Err(StoreError::Conflict { entity: Entity::User, field: "email" });
        }
        self.logins.reindex(old_login, login, user.id);
        self.customers.reindex(old_customer, customer, ());
        self.users.put(user.id, user);
        Ok(())
    }
}

/// The address a user logs in with, if they can.
fn login(user: &User) -> Option<EmailAddress> {
    user.email.clone().filter(|_| user.password.is_some())
}

/// Where a user stands among the customers with their address, if they are one.
fn customer(user: &User) -> Option<(EmailAddress, Timestamp, UserId)> {
    let email = user.email.clone().filter(|_| user.role == Role::Customer)?;
    Some((email, user.created_at, user.id))
}
