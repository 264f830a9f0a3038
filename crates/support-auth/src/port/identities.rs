//! Identities.

use support_domain::id::UserId;
use support_domain::port::StoreResult;

use crate::identity::{ExternalId, Identity};

/// Keeps which users are who at identity providers.
pub trait IdentityRepository {
    /// Who somebody at a provider is.
    fn find(&mut self, external: &ExternalId) -> StoreResult<Option<Identity>>;

    /// Adds an identity. [`support_domain::error::StoreError::Conflict`] on `subject` if the provider's
    /// person is a user already, on `user_id` if the user is another person at the same issuer.
    fn insert(&mut self, identity: &Identity) -> StoreResult<()>;

    /// Deletes every identity of a user; says how many there were.
    fn delete_all(&mut self, user: UserId) -> StoreResult<u32>;
}
