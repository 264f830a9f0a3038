//! Login sessions.

use diesel::prelude::*;
use support_auth::port::SessionRepository;
use support_auth::{RefreshToken, SessionId, TokenHash, TokenState};
use support_domain::error::{Entity, StoreError};
use support_domain::id::UserId;
use support_domain::port::StoreResult;
use support_domain::time::Timestamp;
use tracing::instrument;

use super::super::dialect::locked;
use super::Tx;
use crate::rows::TokenRow;
use crate::schema::refresh_tokens;
use crate::types::{DbId, DbTimestamp};

impl SessionRepository for Tx<'_> {
    #[instrument(level = "debug", name = "db.sessions.lock", skip_all)]
    fn lock(&mut self, hash: &TokenHash) -> StoreResult<Option<RefreshToken>> {
        self.writable()?;
        let query = locked!(refresh_tokens::table.find(hash.0.as_slice()).select(TokenRow::as_select()));
        let row: Option<TokenRow> = self.run(|conn| query.get_result(conn).optional())?;
        row.map(TokenRow::restore).transpose()
    }

    #[instrument(level = "debug", name = "db.sessions.insert", skip_all)]
    fn insert(&mut self, token: &RefreshToken) -> StoreResult<()> {
        self.writable()?;
        let row = TokenRow::of(token);
        let insert = diesel::insert_into(refresh_tokens::table).values(&row).on_conflict_do_nothing();
        match self.run(|conn| insert.execute(conn))? {
            0 => Err(StoreError::Conflict { entity: Entity::Session, field: "hash" }),
            _ => Ok(()),
        }
    }

    #[instrument(level = "debug", name = "db.sessions.save_state", skip_all)]
    fn save_state(&mut self, hash: &TokenHash, state: TokenState) -> StoreResult<()> {
        self.writable()?;
        let update = diesel::update(refresh_tokens::table.find(hash.0.as_slice()))
            .set(refresh_tokens::state.eq(state.as_str()));
        self.run(|conn| update.execute(conn)).map(drop)
    }

    #[instrument(level = "debug", name = "db.sessions.revoke", skip_all)]
    fn revoke(&mut self, session: SessionId) -> StoreResult<()> {
        self.writable()?;
        let family = refresh_tokens::table.filter(refresh_tokens::session_id.eq(DbId(session)));
        let update = diesel::update(family).set(refresh_tokens::state.eq(TokenState::Revoked.as_str()));
        self.run(|conn| update.execute(conn)).map(drop)
    }

    #[instrument(level = "debug", name = "db.sessions.revoke_all", skip_all)]
    fn revoke_all(&mut self, user: UserId, keep: Option<SessionId>) -> StoreResult<()> {
        self.writable()?;
        // No login has the nil id, so without one to keep all are revoked.
        let keep = keep.unwrap_or(SessionId::new(uuid::Uuid::nil()));
        let ending = refresh_tokens::table
            .filter(refresh_tokens::user_id.eq(DbId(user)))
            .filter(refresh_tokens::session_id.ne(DbId(keep)));
        let update = diesel::update(ending).set(refresh_tokens::state.eq(TokenState::Revoked.as_str()));
        self.run(|conn| update.execute(conn)).map(drop)
    }

    #[instrument(level = "debug", name = "db.sessions.prune", skip_all)]
    fn prune(&mut self, before: Timestamp) -> StoreResult<()> {
        self.writable()?;
        let ended = refresh_tokens::table.filter(refresh_tokens::expires_at.lt(DbTimestamp(before)));
        self.run(|conn| diesel::delete(ended).execute(conn)).map(drop)
    }
}
