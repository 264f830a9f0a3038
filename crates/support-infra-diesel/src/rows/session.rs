//! Refresh tokens and idempotency keys.

use diesel::prelude::*;
use support_auth::{RefreshToken, SessionId, TokenHash, TokenState};
use support_domain::id::{TicketId, UserId};
use support_domain::port::{IdempotencyRecord, StoreResult};
use support_domain::value::{Fingerprint, IdempotencyKey};

use crate::crypto::ColumnCrypto;
use crate::rows::CellRef;
use crate::schema::{idempotency_keys, refresh_tokens};
use crate::types::{DbId, DbTimestamp};

/// A row of `refresh_tokens`.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = refresh_tokens, treat_none_as_default_value = false)]
pub(crate) struct TokenRow {
    pub(crate) hash: Vec<u8>,
    pub(crate) session_id: DbId<SessionId>,
    pub(crate) user_id: DbId<UserId>,
    pub(crate) issued_at: DbTimestamp,
    pub(crate) expires_at: DbTimestamp,
    pub(crate) state: String,
}

impl TokenRow {
    /// The row of `token`.
    pub(crate) fn of(token: &RefreshToken) -> Self {
        Self {
            hash: token.hash.0.to_vec(),
            session_id: DbId(token.session_id),
            user_id: DbId(token.user_id),
            issued_at: DbTimestamp(token.issued_at),
            expires_at: DbTimestamp(token.expires_at),
            state: token.state.as_str().to_owned(),
        }
    }

    /// The token of this row. Reports of damage name its session, as hashes of secrets stay out of logs.
    pub(crate) fn restore(self) -> StoreResult<RefreshToken> {
        let place = CellRef { table: "refresh_tokens", row: &self.session_id.0 };
        Ok(RefreshToken {
            hash: TokenHash(place.parsed("hash", self.hash.try_into())?),
            state: place.known("state", TokenState::parse(&self.state))?,
            session_id: self.session_id.0,
            user_id: self.user_id.0,
            issued_at: self.issued_at.0,
            expires_at: self.expires_at.0,
        })
    }
}

/// A row of `idempotency_keys`.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = idempotency_keys, treat_none_as_default_value = false)]
pub(crate) struct IdempotencyRow {
    pub(crate) actor_id: DbId<UserId>,
    pub(crate) key: Vec<u8>,
    pub(crate) fingerprint: Vec<u8>,
    pub(crate) ticket_id: DbId<TicketId>,
    pub(crate) created_at: DbTimestamp,
}

impl IdempotencyRow {
    /// The row of `record`.
    pub(crate) fn of(record: &IdempotencyRecord, crypto: &ColumnCrypto) -> Self {
        let actor = record.actor.uuid();
        Self {
            actor_id: DbId(record.actor),
            key: crypto.blind.request(&record.key),
            fingerprint: crypto.blind.mask(actor.as_bytes(), &record.key, record.fingerprint.0).to_vec(),
            ticket_id: DbId(record.ticket_id),
            created_at: DbTimestamp(record.created_at),
        }
    }

    /// The record of this row, which was found by its actor and `key`.
    pub(crate) fn restore(
        self,
        key: &IdempotencyKey,
        crypto: &ColumnCrypto,
    ) -> StoreResult<IdempotencyRecord> {
        let place = CellRef { table: "idempotency_keys", row: &self.actor_id.0 };
        let masked = place.parsed("fingerprint", self.fingerprint.try_into())?;
        let actor = self.actor_id.0.uuid();
        Ok(IdempotencyRecord {
            key: key.clone(),
            fingerprint: Fingerprint(crypto.blind.mask(actor.as_bytes(), key, masked)),
            actor: self.actor_id.0,
            ticket_id: self.ticket_id.0,
            created_at: self.created_at.0,
        })
    }
}
