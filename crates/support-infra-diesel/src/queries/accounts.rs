//! Accounts: users, as far as logging in concerns them.

use diesel::prelude::*;
use support_auth::port::AccountRepository;
use support_domain::entity::User;
use support_domain::id::UserId;
use support_domain::port::{StoreResult, UserRepository};
use support_domain::value::{EmailAddress, PasswordHash, Role};
use tracing::instrument;

use super::Tx;
use crate::rows::UserRow;
use crate::schema::users;
use crate::types::DbId;

impl AccountRepository for Tx<'_> {
    #[instrument(level = "debug", name = "db.accounts.find", skip_all)]
    fn find(&mut self, id: UserId) -> StoreResult<Option<User>> {
        UserRepository::find(self, id)
    }

    #[instrument(level = "debug", name = "db.accounts.find_login", skip_all)]
    fn find_login(&mut self, email: &EmailAddress) -> StoreResult<Option<User>> {
        let query = users::table
            .filter(users::email_index.eq(Some(self.crypto.blind.email(email))))
            .filter(users::password_hash.is_not_null())
            .select(UserRow::as_select());
        let row: Option<UserRow> = self.run(|conn| query.get_result(conn).optional())?;
        self.user(row)
    }

    #[instrument(level = "debug", name = "db.accounts.list_staff", skip_all)]
    fn list_staff(&mut self, email: &EmailAddress) -> StoreResult<Vec<User>> {
        let query = users::table
            .filter(users::email_index.eq(Some(self.crypto.blind.email(email))))
            .filter(users::role.ne(Role::Customer.rank()))
            .order(users::id)
            .select(UserRow::as_select());
        let rows: Vec<UserRow> = self.run(|conn| query.load(conn))?;
        let users = rows.into_iter().map(|row| self.user(Some(row))).collect::<StoreResult<Vec<_>>>()?;
        Ok(users.into_iter().flatten().collect())
    }

    #[instrument(level = "debug", name = "db.accounts.replace_password", skip_all)]
    fn replace_password(
        &mut self,
        user: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> StoreResult<bool> {
        self.writable()?;
        let unchanged = users::table.find(DbId(user)).filter(users::password_hash.eq(Some(old.as_str())));
        let update = diesel::update(unchanged).set(users::password_hash.eq(Some(new.as_str())));
        Ok(self.run(|conn| update.execute(conn))? > 0)
    }
}
