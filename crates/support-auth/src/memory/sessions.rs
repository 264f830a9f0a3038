//! Sessions.

use support_domain::error::{Entity, StoreError};
use support_domain::id::UserId;
use support_domain::port::StoreResult;
use support_domain::time::Timestamp;

use super::transaction::Transaction;
use crate::port::SessionRepository;
use crate::refresh_token::{RefreshToken, SessionId, TokenHash, TokenState};

impl SessionRepository for Transaction<'_, '_> {
    fn lock(&mut self, hash: &TokenHash) -> StoreResult<Option<RefreshToken>> {
        Ok(self.tables.tokens.get(hash).cloned())
    }

    fn insert(&mut self, token: &RefreshToken) -> StoreResult<()> {
        if self.tables.tokens.contains_key(&token.hash) {
            return Err(StoreError::Conflict { entity: Entity::Session, field: "hash" });
        }
        self.tables.tokens.insert(token.hash, token.clone());
        Ok(())
    }

    fn save_state(&mut self, hash: &TokenHash, state: TokenState) -> StoreResult<()> {
        if let Some(token) = self.tables.tokens.get_mut(hash) {
            token.state = state;
        }
        Ok(())
    }

    fn revoke(&mut self, session: SessionId) -> StoreResult<()> {
        let family = self.tables.tokens.values_mut().filter(|token| token.session_id == session);
        family.for_each(|token| token.state = TokenState::Revoked);
        Ok(())
    }

    fn revoke_all(&mut self, user: UserId, keep: Option<SessionId>) -> StoreResult<()> {
        let of_user = |token: &&mut RefreshToken| token.user_id == user && Some(token.session_id) != keep;
        let ending = self.tables.tokens.values_mut().filter(of_user);
        ending.for_each(|token| token.state = TokenState::Revoked);
        Ok(())
    }

    fn prune(&mut self, before: Timestamp) -> StoreResult<()> {
        self.tables.tokens.retain(|_, token| token.expires_at >= before);
        Ok(())
    }
}
