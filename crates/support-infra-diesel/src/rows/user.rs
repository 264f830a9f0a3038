//! Users.

use diesel::prelude::*;
use support_domain::entity::User;
use support_domain::id::UserId;
use support_domain::port::StoreResult;
use support_domain::value::{PasswordHash, Role};

use crate::crypto::Seal;
use crate::rows::{CellRef, personal};
use crate::schema::users;
use crate::types::{DbId, DbTimestamp};

/// A row of `users`.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
pub(crate) struct UserRow {
    pub(crate) id: DbId<UserId>,
    pub(crate) role: i16,
    pub(crate) person: Vec<u8>,
    pub(crate) email_index: Option<Vec<u8>>,
    pub(crate) password_hash: Option<String>,
    pub(crate) created_at: DbTimestamp,
}

impl UserRow {
    /// The row of `user`.
    pub(crate) fn of(user: &User, seal: &Seal<'_>) -> StoreResult<Self> {
        let place = CellRef { table: "users", row: &user.id };
        let person = (&user.name, user.email.as_ref(), user.phone.as_ref());
        Ok(Self {
            id: DbId(user.id),
            role: user.role.rank(),
            person: personal::write_person(seal, &place, "person", person)?,
            email_index: user.email.as_ref().map(|email| seal.crypto.blind.email(email)),
            password_hash: user.password.as_ref().map(|hash| hash.as_str().to_owned()),
            created_at: DbTimestamp(user.created_at),
        })
    }

    /// The user of this row.
    pub(crate) fn restore(self, seal: &Seal<'_>) -> StoreResult<User> {
        let place = CellRef { table: "users", row: &self.id.0 };
        let person = personal::read_person(seal, &place, "person", &self.person)?;
        Ok(User {
            role: place.known("role", Role::from_rank(self.role))?,
            name: person.name,
            email: person.email,
            phone: person.phone,
            password: self.password_hash.map(PasswordHash::new),
            created_at: self.created_at.0,
            id: self.id.0,
        })
    }
}
