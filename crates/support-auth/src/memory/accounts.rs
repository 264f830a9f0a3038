//! Accounts.

use support_domain::entity::User;
use support_domain::id::UserId;
use support_domain::port::StoreResult;
use support_domain::value::{EmailAddress, PasswordHash};

use super::transaction::Transaction;
use crate::port::AccountRepository;

impl AccountRepository for Transaction<'_, '_> {
    fn find(&mut self, id: UserId) -> StoreResult<Option<User>> {
        Ok(self.users.find(id).cloned())
    }

    fn find_login(&mut self, email: &EmailAddress) -> StoreResult<Option<User>> {
        Ok(self.users.find_login(email).cloned())
    }

    fn list_staff(&mut self, email: &EmailAddress) -> StoreResult<Vec<User>> {
        let is_one = |user: &&User| user.role.is_staff() && user.email.as_ref() == Some(email);
        Ok(self.users.all().filter(is_one).cloned().collect())
    }

    fn replace_password(
        &mut self,
        user: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> StoreResult<bool> {
        let known = self.users.find(user).filter(|user| user.password.as_ref() == Some(old)).cloned();
        let Some(known) = known else { return Ok(false) };
        self.users.put(User { password: Some(new.clone()), ..known })?;
        Ok(true)
    }
}
