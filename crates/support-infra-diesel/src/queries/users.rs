//! Users.

use diesel::prelude::*;
use support_domain::entity::User;
use support_domain::error::{Entity, StoreError};
use support_domain::id::UserId;
use support_domain::port::{StoreResult, UserRepository};
use support_domain::value::{EmailAddress, Role};
use tracing::instrument;

use super::Tx;
use crate::rows::{UserRow, personal};
use crate::schema::users;
use crate::types::Key;

impl UserRepository for Tx<'_> {
    #[instrument(level = "debug", name = "db.users.find", skip_all)]
    fn find(&mut self, id: UserId) -> StoreResult<Option<User>> {
        let query = users::table.find(Key(id)).select(UserRow::as_select());
        let row: Option<UserRow> = self.run(|conn| query.get_result(conn).optional())?;
        row.map(UserRow::restore).transpose()
    }

    #[instrument(level = "debug", name = "db.users.find_login", skip_all)]
    fn find_login(&mut self, email: &EmailAddress) -> StoreResult<Option<User>> {
        let query = users::table
            .filter(users::email.eq(Some(personal::write_email(email))))
            .filter(users::password_hash.is_not_null())
            .select(UserRow::as_select());
        let row: Option<UserRow> = self.run(|conn| query.get_result(conn).optional())?;
        row.map(UserRow::restore).transpose()
    }

    #[instrument(level = "debug", name = "db.users.find_customer", skip_all)]
    fn find_customer(&mut self, email: &EmailAddress) -> StoreResult<Option<User>> {
        let query = users::table
            .filter(users::email.eq(Some(personal::write_email(email))))
            .filter(users::role.eq(Role::Customer.rank()))
            .order((users::created_at, users::id))
            .limit(1)
            .select(UserRow::as_select());
        let row: Option<UserRow> = self.run(|conn| query.get_result(conn).optional())?;
        row.map(UserRow::restore).transpose()
    }

    #[instrument(level = "debug", name = "db.users.list_staff", skip_all)]
    fn list_staff(&mut self, email: &EmailAddress) -> StoreResult<Vec<User>> {
        let query = users::table
            .filter(users::email.eq(Some(personal::write_email(email))))
            .filter(users::role.ne(Role::Customer.rank()))
            .order(users::id)
            .select(UserRow::as_select());
        let rows: Vec<UserRow> = self.run(|conn| query.load(conn))?;
        rows.into_iter().map(UserRow::restore).collect()
    }

    #[instrument(level = "debug", name = "db.users.insert", skip_all)]
    fn insert(&mut self, user: &User) -> StoreResult<()> {
        if self.add(user)? {
            return Ok(());
        }
        let same_id = UserRepository::find(self, user.id)?.is_some();
        conflict(if same_id { "id" } else { "email" })
    }

    #[instrument(level = "debug", name = "db.users.insert_if_absent", skip_all)]
    fn insert_if_absent(&mut self, user: &User) -> StoreResult<()> {
        if self.add(user)? || UserRepository::find(self, user.id)?.is_some() {
            Ok(())
        } else {
            conflict("email")
        }
    }

    #[instrument(level = "debug", name = "db.users.save", skip_all)]
    fn save(&mut self, user: &User) -> StoreResult<()> {
        self.writable()?;
        if let (Some(email), Some(_)) = (&user.email, &user.password)
            && UserRepository::find_login(self, email)?.is_some_and(|other| other.id != user.id)
        {
            return conflict("email");
        }
        let row = UserRow::of(user);
        let changes = (
            users::name.eq(&row.name),
            users::email.eq(&row.email),
            users::phone.eq(&row.phone),
            users::password_hash.eq(&row.password_hash),
        );
        let update = diesel::update(users::table.find(row.id)).set(changes);
        match self.run(|conn| update.execute(conn))? {
            0 => Err(StoreError::Internal(format!("user {} was never inserted", user.id))),
            _ => Ok(()),
        }
    }
}

impl Tx<'_> {
    /// Adds a user unless their id or login is taken, and says whether it did.
    fn add(&mut self, user: &User) -> StoreResult<bool> {
        self.writable()?;
        let row = UserRow::of(user);
        let insert = diesel::insert_into(users::table).values(&row).on_conflict_do_nothing();
        Ok(self.run(|conn| insert.execute(conn))? > 0)
    }
}

const fn conflict<T>(field: &'static str) -> StoreResult<T> {
    Err(StoreError::Conflict { entity: Entity::User, field })
}
