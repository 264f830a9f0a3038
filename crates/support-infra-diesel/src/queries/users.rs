//! Users.

use diesel::prelude::*;
use support_auth::port::AccountRepository;
use support_domain::entity::User;
use support_domain::error::{Entity, StoreError};
use support_domain::id::UserId;
use support_domain::port::{StoreResult, UserRepository};
use support_domain::value::{EmailAddress, Role};
use tracing::instrument;

use super::Tx;
use crate::crypto::{DataKey, Seal};
use crate::rows::UserRow;
use crate::schema::{attachments, idempotency_keys, messages, refresh_tokens, tickets, users};
use crate::types::DbId;

impl UserRepository for Tx<'_> {
    #[instrument(level = "debug", name = "db.users.find", skip_all)]
    fn find(&mut self, id: UserId) -> StoreResult<Option<User>> {
        let query = users::table.find(DbId(id)).select(UserRow::as_select());
        let row: Option<UserRow> = self.run(|conn| query.get_result(conn).optional())?;
        self.user(row)
    }

    #[instrument(level = "debug", name = "db.users.find_customer", skip_all)]
    fn find_customer(&mut self, email: &EmailAddress) -> StoreResult<Option<User>> {
        let query = users::table
            .filter(users::email_index.eq(Some(self.crypto.blind.email(email))))
            .filter(users::role.eq(Role::Customer.rank()))
            .order((users::created_at, users::id))
            .limit(1)
            .select(UserRow::as_select());
        let row: Option<UserRow> = self.run(|conn| query.get_result(conn).optional())?;
        self.user(row)
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
            && AccountRepository::find_login(self, email)?.is_some_and(|other| other.id != user.id)
        {
            return conflict("email");
        }
        let key = self.data_key(user.id)?;
        let row = UserRow::of(user, &Seal { crypto: self.crypto, key: &key })?;
        let changes = (
            users::person.eq(&row.person),
            users::email_index.eq(&row.email_index),
            users::password_hash.eq(&row.password_hash),
        );
        let update = diesel::update(users::table.find(row.id)).set(changes);
        self.run(|conn| update.execute(conn)).map(drop)
    }

    #[instrument(level = "debug", name = "db.users.erase", skip_all)]
    fn erase(&mut self, id: UserId) -> StoreResult<()> {
        self.writable()?;
        self.flush()?;
        self.replace_data_key(id)?;
        let user = users::table.find(DbId(id));
        let nothing = (users::email_index.eq(None::<Vec<u8>>), users::password_hash.eq(None::<String>));
        self.run(|conn| diesel::update(user).set(nothing).execute(conn))?;
        let sessions = refresh_tokens::table.filter(refresh_tokens::user_id.eq(DbId(id)));
        self.run(|conn| diesel::delete(sessions).execute(conn))?;
        let requests = idempotency_keys::table.filter(idempotency_keys::actor_id.eq(DbId(id)));
        self.run(|conn| diesel::delete(requests).execute(conn))?;
        let messages = messages::table.filter(messages::sender_id.eq(DbId(id)));
        let unnamed = messages::client_message_id.eq(None::<String>);
        self.run(|conn| diesel::update(messages).set(unnamed).execute(conn))?;
        let own = tickets::table.filter(tickets::customer_id.eq(DbId(id))).select(tickets::id);
        let files = attachments::table.filter(attachments::ticket_id.eq_any(own));
        self.run(|conn| diesel::delete(files).execute(conn))?;
        // What is held of tickets was read by the old key.
        self.tickets.clear();
        Ok(())
    }
}

impl Tx<'_> {
    /// Adds a user unless their id or login is taken, and says whether it did.
    fn add(&mut self, user: &User) -> StoreResult<bool> {
        self.writable()?;
        let key = self.crypto.with_keys(|keys| DataKey::draw(user.id, 0, keys))?;
        let row = UserRow::of(user, &Seal { crypto: self.crypto, key: &key })?;
        let insert = diesel::insert_into(users::table).values(&row).on_conflict_do_nothing();
        let is_new = self.run(|conn| insert.execute(conn))? > 0;
        if is_new {
            self.add_data_key(key)?;
        }
        Ok(is_new)
    }

    /// The user of a row.
    pub(super) fn user(&mut self, row: Option<UserRow>) -> StoreResult<Option<User>> {
        let Some(row) = row else { return Ok(None) };
        let key = self.data_key(row.id.0)?;
        row.restore(&Seal { crypto: self.crypto, key: &key }).map(Some)
    }
}

const fn conflict<T>(field: &'static str) -> StoreResult<T> {
    Err(StoreError::Conflict { entity: Entity::User, field })
}
