//! Second factors.

use support_domain::id::UserId;
use support_domain::port::StoreResult;

use crate::second_factor::{RecoveryCodeHash, SecondFactor};

/// Keeps second factors and the recovery codes that stand in for them.
pub trait SecondFactorRepository {
    /// The factor of this user.
    fn find(&mut self, user: UserId) -> StoreResult<Option<SecondFactor>>;

    /// The factor of this user, kept from others until the transaction ends.
    fn lock(&mut self, user: UserId) -> StoreResult<Option<SecondFactor>>;

    /// Stores a factor in place of the one that its user had. Recovery codes stay.
    fn save(&mut self, factor: &SecondFactor) -> StoreResult<()>;

    /// Deletes the factor of this user and their recovery codes; says whether there was one.
    fn delete(&mut self, user: UserId) -> StoreResult<bool>;

    /// How many recovery codes this user has left.
    fn count_recovery_codes(&mut self, user: UserId) -> StoreResult<u32>;

    /// Stores recovery codes in place of those that the user had. The user must have a factor.
    fn replace_recovery_codes(&mut self, user: UserId, codes: &[RecoveryCodeHash]) -> StoreResult<()>;

    /// Deletes a recovery code of this user; says whether there was such a one.
    fn spend_recovery_code(&mut self, user: UserId, code: &RecoveryCodeHash) -> StoreResult<bool>;
}
