//! Identities.

use support_domain::error::{Entity, StoreError};
use support_domain::id::UserId;
use support_domain::port::StoreResult;

use super::transaction::Transaction;
use crate::identity::{ExternalId, Identity};
use crate::port::IdentityRepository;

impl IdentityRepository for Transaction<'_, '_> {
    fn find(&mut self, external: &ExternalId) -> StoreResult<Option<Identity>> {
        Ok(self.tables.identities.get(external).cloned())
    }

    fn insert(&mut self, identity: &Identity) -> StoreResult<()> {
        let conflict = |field| Err(StoreError::Conflict { entity: Entity::Identity, field });
        if self.tables.identities.contains_key(&identity.external) {
            return conflict("subject");
        }
        let is_double = |other: &Identity| {
            other.user_id == identity.user_id && other.external.issuer() == identity.external.issuer()
        };
        if self.tables.identities.values().any(is_double) {
            return conflict("user_id");
        }
        self.tables.identities.insert(identity.external.clone(), identity.clone());
        Ok(())
    }

    fn delete_all(&mut self, user: UserId) -> StoreResult<u32> {
        let before = self.tables.identities.len();
        self.tables.identities.retain(|_, identity| identity.user_id != user);
        Ok(u32::try_from(before - self.tables.identities.len()).unwrap_or(u32::MAX))
    }
}
