//! Login sessions.

use crate::entity::{RefreshToken, TokenState};
use crate::id::{SessionId, UserId};
use crate::port::StoreResult;
use crate::time::Timestamp;
use crate::value::TokenHash;

/// Keeps refresh tokens.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait SessionRepository {
    /// The token with this hash, kept from others until the transaction ends.
    fn lock(&mut self, hash: &TokenHash) -> StoreResult<Option<RefreshToken>>;

    /// Adds a token.
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
