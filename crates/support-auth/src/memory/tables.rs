//! Everything that a [`super::MemoryAuthStore`] holds.

use std::collections::BTreeMap;

use support_domain::id::UserId;
use support_domain::memory::UserTable;

use crate::identity::{ExternalId, Identity};
use crate::refresh_token::{RefreshToken, TokenHash};
use crate::second_factor::{RecoveryCodeHash, SecondFactor};

/// The tables.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    pub(super) tokens: BTreeMap<TokenHash, RefreshToken>,
    pub(super) second_factors: BTreeMap<UserId, SecondFactor>,
    pub(super) recovery_codes: BTreeMap<UserId, Vec<RecoveryCodeHash>>,
    pub(super) identities: BTreeMap<ExternalId, Identity>,
    /// How many of the desk's erasures have been followed here.
    followed: usize,
}

impl Tables {
    /// Ends the sessions of those whose personal data the desk has erased since the last time.
    pub(super) fn follow_erasures(&mut self, users: &UserTable<'_>) {
        for user in users.erased().skip(self.followed) {
            self.tokens.retain(|_, token| token.user_id != user);
            self.followed += 1;
        }
    }
}
