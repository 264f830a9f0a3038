//! Users.

use diesel::prelude::*;
use support_domain::entity::User;
use support_domain::id::UserId;
use support_domain::port::StoreResult;
use support_domain::value::{PasswordHash, Role};

use crate::rows::{Place, personal};
use crate::schema::users;
use crate::types::{At, Key};

/// A row of `users`.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
pub(crate) struct UserRow {
    pub(crate) id: Key<UserId>,
    pub(crate) role: i16,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) password_hash: Option<String>,
    pub(crate) created_at: At,
}

impl UserRow {
    /// The row of `user`.
    pub(crate) fn of(user: &User) -> Self {
        Self {
            id: Key(user.id),
            role: user.role.rank(),
            name: personal::write_name(&user.name),
            email: user.email.as_ref().map(personal::write_email),
            phone: user.phone.as_ref().map(personal::write_phone),
            password_hash: user.password.as_ref().map(|hash| hash.as_str().to_owned()),
            created_at: At(user.created_at),
        }
    }

    /// The user of this row.
    pub(crate) fn restore(self) -> StoreResult<User> {
        let place = Place { table: "users", row: &self.id.0 };
        let email = self.email.as_deref().map(|text| personal::read_email(&place, "email", text));
        let phone = self.phone.as_deref().map(|text| personal::read_phone(&place, "phone", text));
        Ok(User {
            role: place.known("role", Role::from_rank(self.role))?,
            name: personal::read_name(&place, "name", &self.name)?,
            email: email.transpose()?,
            phone: phone.transpose()?,
            password: self.password_hash.map(PasswordHash::new),
            created_at: self.created_at.0,
            id: self.id.0,
        })
    }
}
