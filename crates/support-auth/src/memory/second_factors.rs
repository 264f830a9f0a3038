//! Second factors.

use support_domain::error::StoreError;
use support_domain::id::UserId;
use support_domain::port::StoreResult;

use super::transaction::Transaction;
use crate::port::SecondFactorRepository;
use crate::second_factor::{RecoveryCodeHash, SecondFactor};

impl SecondFactorRepository for Transaction<'_, '_> {
    fn find(&mut self, user: UserId) -> StoreResult<Option<SecondFactor>> {
        Ok(self.tables.second_factors.get(&user).cloned())
    }

    fn lock(&mut self, user: UserId) -> StoreResult<Option<SecondFactor>> {
        SecondFactorRepository::find(self, user)
    }

    fn save(&mut self, factor: &SecondFactor) -> StoreResult<()> {
        if self.users.find(factor.user_id).is_none() {
            return Err(StoreError::Internal(format!("user {} was never inserted", factor.user_id)));
        }
        self.tables.second_factors.insert(factor.user_id, factor.clone());
        Ok(())
    }

    fn delete(&mut self, user: UserId) -> StoreResult<bool> {
        self.tables.recovery_codes.remove(&user);
        Ok(self.tables.second_factors.remove(&user).is_some())
    }

    fn count_recovery_codes(&mut self, user: UserId) -> StoreResult<u32> {
        let count = self.tables.recovery_codes.get(&user).map_or(0, Vec::len);
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    fn replace_recovery_codes(&mut self, user: UserId, codes: &[RecoveryCodeHash]) -> StoreResult<()> {
        if !self.tables.second_factors.contains_key(&user) {
            return Err(StoreError::Internal(format!("user {user} has no second factor")));
        }
        self.tables.recovery_codes.insert(user, codes.to_vec());
        Ok(())
    }

    fn spend_recovery_code(&mut self, user: UserId, code: &RecoveryCodeHash) -> StoreResult<bool> {
        let Some(codes) = self.tables.recovery_codes.get_mut(&user) else { return Ok(false) };
        let Some(place) = codes.iter().position(|one| one == code) else { return Ok(false) };
        codes.swap_remove(place);
        Ok(true)
    }
}
