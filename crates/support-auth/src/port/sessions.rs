//! Sessions.

use support_domain::id::UserId;
use support_domain::port::StoreResult;
use support_domain::time::Timestamp;

use crate::refresh_token::{RefreshToken, SessionId, TokenHash, TokenState};

/// Keeps refresh tokens.
pub trait SessionRepository {
    /// The token with this hash, kept from others until the transaction ends.
    fn lock(&mut self, hash: &TokenHash) -> StoreResult<Option<RefreshToken>>;

    /// Adds a token. [`support_domain::error::StoreError::Conflict`] on `hash` if there is one with the same
    /// hash.
    fn insert(&mut self, token: &RefreshToken) -> StoreResult<()>;

    /// Sets the state of one token.
    fn save_state(&mut self, hash: &TokenHash, state: TokenState) -> StoreResult<()>;

    /// Revokes every token of a session.
    fn revoke(&mut self, session: SessionId) -> StoreResult<()>;

    /// Revokes every token of a user but those of the session `keep`.
    fn revoke_all(&mut self, user: UserId, keep: Option<SessionId>) -> StoreResult<()>;

    /// Deletes tokens that ended before `before`.
    fn prune(&mut self, before: Timestamp) -> StoreResult<()>;
}
