//! Login sessions.

use crate::entity::{RefreshToken, TokenState};
use crate::error::{Entity, StoreError};
use crate::id::{SessionId, UserId};
use crate::memory::state::State;
use crate::port::{SessionRepository, StoreResult};
use crate::time::Timestamp;
use crate::value::TokenHash;

impl SessionRepository for State {
    fn lock(&mut self, hash: &TokenHash) -> StoreResult<Option<RefreshToken>> {
        Ok(self.tokens.get(&hash.0).cloned())
    }

    fn insert(&mut self, token: &RefreshToken) -> StoreResult<()> {
        if self.tokens.contains(&token.hash.0) {
            return Err(StoreError::Conflict { entity: Entity::Session, field: "hash" });
        }
        self.tokens.put(token.hash.0, token.clone());
        Ok(())
    }

    fn save_state(&mut self, hash: &TokenHash, state: TokenState) -> StoreResult<()> {
        if let Some(token) = self.tokens.get(&hash.0).cloned() {
            self.tokens.put(hash.0, RefreshToken { state, ..token });
        }
        Ok(())
    }

    fn revoke(&mut self, session: SessionId) -> StoreResult<()> {
        let family: Vec<RefreshToken> =
            self.tokens.values().filter(|token| token.session_id == session).cloned().collect();
        for token in family {
            self.tokens.put(token.hash.0, RefreshToken { state: TokenState::Revoked, ..token });
        }
        Ok(())
    }

    fn revoke_all(&mut self, user: UserId, keep: Option<SessionId>) -> StoreResult<()> {
        let of_user = |token: &&RefreshToken| token.user_id == user && Some(token.session_id) != keep;
        let ending: Vec<RefreshToken> = self.tokens.values().filter(of_user).cloned().collect();
        for token in ending {
            self.tokens.put(token.hash.0, RefreshToken { state: TokenState::Revoked, ..token });
        }
        Ok(())
    }

    fn prune(&mut self, before: Timestamp) -> StoreResult<()> {
        self.tokens.retain(|token| token.expires_at >= before);
        Ok(())
    }
}
