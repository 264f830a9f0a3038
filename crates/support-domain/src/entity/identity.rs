//! Identities: users as identity providers know them.

use crate::id::UserId;
use crate::time::Timestamp;
use crate::value::ExternalId;

/// That somebody at a provider is a user here. It holds whatever becomes of their addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Who they are there.
    pub external: ExternalId,
    /// Who they are here.
    pub user_id: UserId,
    /// Since when.
    pub linked_at: Timestamp,
}
