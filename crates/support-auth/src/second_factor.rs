//! Second factors: one-time passwords by time (TOTP, RFC 6238) and the codes for when the device is lost.

use std::fmt;

use support_domain::id::UserId;
use support_domain::time::Timestamp;
use zeroize::Zeroizing;

/// The secret that a second factor shares with its user's device. `Debug` hides it; it is wiped when it is
/// dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret(Zeroizing<[u8; Self::LENGTH]>);

impl TotpSecret {
    /// Its bytes: as many as the hash has (RFC 4226, section 4, requirement R6).
    pub const LENGTH: usize = 20;

    /// Wraps random bytes.
    #[must_use]
    pub fn new(bytes: [u8; Self::LENGTH]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// SHA-256 of a recovery code. `Debug` hides it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RecoveryCodeHash(pub [u8; 32]);

impl fmt::Debug for RecoveryCodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCodeHash(…)")
    }
}

/// What a user proves a login with besides their password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactor {
    /// Whose it is.
    pub user_id: UserId,
    /// The secret that their device shares.
    pub secret: TotpSecret,
    /// When it was drawn.
    pub created_at: Timestamp,
    /// When the device first proved that it has the secret. Before, nobody is asked for it.
    pub confirmed_at: Option<Timestamp>,
    /// The time step of the last code that was accepted: no code of it, or of one before it, is accepted
    /// again.
    pub last_step: Option<i64>,
}

impl SecondFactor {
    /// A factor that waits for its confirmation.
    #[must_use]
    pub fn enrol(user_id: UserId, secret: TotpSecret, now: Timestamp) -> Self {
        Self { user_id, secret, created_at: now, confirmed_at: None, last_step: None }
    }

    /// Whether logins ask for it.
    #[must_use]
    pub const fn is_confirmed(&self) -> bool {
        self.confirmed_at.is_some()
    }

    /// The factor after a device has shown the code of `step`.
    #[must_use]
    pub fn confirm(self, step: i64, now: Timestamp) -> Self {
        Self { confirmed_at: Some(now), last_step: Some(step), ..self }
    }

    /// The factor after the code of `step` was used; `None` if it, or a later one, was used before (RFC 6238,
    /// section 5.2).
    #[must_use]
    pub fn spend(self, step: i64) -> Option<Self> {
        if self.last_step.is_some_and(|last| step <= last) {
            return None;
        }
        Some(Self { last_step: Some(step), ..self })
    }
}

/// What is known of a user's second factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SecondFactorStatus {
    /// Whether logins ask for it.
    pub is_confirmed: bool,
    /// How many recovery codes are left.
    pub recovery_codes_left: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_used_once_and_never_after_a_later_one() {
        let factor = SecondFactor::enrol(UserId::SYSTEM, TotpSecret::new([1; 20]), Timestamp::EPOCH);
        assert!(!factor.is_confirmed());
        let factor = factor.confirm(7, Timestamp::EPOCH);
        assert!(factor.is_confirmed());
        assert_eq!(factor.clone().spend(6), None);
        assert_eq!(factor.clone().spend(7), None);
        let factor = factor.spend(9).expect("a later step");
        assert_eq!(factor.clone().spend(8), None);
        assert_eq!(factor.spend(10).and_then(|factor| factor.last_step), Some(10));
    }
}
