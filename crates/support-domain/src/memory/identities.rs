//! Identities.

use crate::entity::Identity;
use crate::error::{Entity, StoreError};
use crate::id::UserId;
use crate::memory::state::State;
use crate::port::{IdentityRepository, StoreResult};
use crate::value::ExternalId;

impl IdentityRepository for State {
    fn find(&mut self, external: &ExternalId) -> StoreResult<Option<Identity>> {
        Ok(self.identities.get(external).cloned())
    }

    fn insert(&mut self, identity: &Identity) -> StoreResult<()> {
        let conflict = |field| Err(StoreError::Conflict { entity: Entity::Identity, field });
        if self.identities.contains(&identity.external) {
            return conflict("subject");
        }
        let is_double = |other: &Identity| {
            other.user_id == identity.user_id && other.external.issuer() == identity.external.issuer()
        };
        if self.identities.values().any(is_double) {
            return conflict("user_id");
        }
        self.identities.put(identity.external.clone(), identity.clone());
        Ok(())
    }

    fn delete_all(&mut self, user: UserId) -> StoreResult<u32> {
        let count = self.identities.values().filter(|identity| identity.user_id == user).count();
        self.identities.retain(|identity| identity.user_id != user);
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}
