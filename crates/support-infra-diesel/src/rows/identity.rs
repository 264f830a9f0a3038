//! Identities.

use diesel::prelude::*;
use support_auth::{ExternalId, Identity};
use support_domain::id::UserId;
use support_domain::port::StoreResult;

use crate::rows::CellRef;
use crate::schema::identities;
use crate::types::{DbId, DbTimestamp};

/// A row of `identities`.
#[derive(Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = identities)]
pub(crate) struct IdentityRow {
    issuer: String,
    subject: String,
    user_id: DbId<UserId>,
    linked_at: DbTimestamp,
}

impl IdentityRow {
    /// The row of `identity`.
    pub(crate) fn of(identity: &Identity) -> Self {
        Self {
            issuer: identity.external.issuer().to_owned(),
            subject: identity.external.subject().to_owned(),
            user_id: DbId(identity.user_id),
            linked_at: DbTimestamp(identity.linked_at),
        }
    }

    /// The identity of this row. Reports of damage name its user, as names at providers stay out of logs.
    pub(crate) fn restore(self) -> StoreResult<Identity> {
        let place = CellRef { table: "identities", row: &self.user_id.0 };
        Ok(Identity {
            external: place.known("subject", ExternalId::new(&self.issuer, &self.subject))?,
            user_id: self.user_id.0,
            linked_at: self.linked_at.0,
        })
    }
}
