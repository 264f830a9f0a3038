//! Second factors.

use crate::entity::SecondFactor;
use crate::error::StoreError;
use crate::id::UserId;
use crate::memory::state::State;
use crate::port::{SecondFactorRepository, StoreResult};
use crate::value::RecoveryCodeHash;

impl SecondFactorRepository for State {
    fn find(&mut self, user: UserId) -> StoreResult<Option<SecondFactor>> {
        Ok(self.second_factors.get(&user).cloned())
    }

    fn lock(&mut self, user: UserId) -> StoreResult<Option<SecondFactor>> {
        SecondFactorRepository::find(self, user)
    }

    fn save(&mut self, factor: &SecondFactor) -> StoreResult<()> {
        if !self.users.contains(&factor.user_id) {
            return Err(StoreError::Internal(format!("user {} was never inserted", factor.user_id)));
        }
        self.second_factors.put(factor.user_id, factor.clone());
        Ok(())
    }

    fn delete(&mut self, user: UserId) -> StoreResult<bool> {
        let existed = self.second_factors.contains(&user);
        self.second_factors.retain(|factor| factor.user_id != user);
        self.recovery_codes.remove(&user);
        Ok(existed)
    }

    fn count_recovery_codes(&mut self, user: UserId) -> StoreResult<u32> {
        let count = self.recovery_codes.get(&user).map_or(0, Vec::len);
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    fn replace_recovery_codes(&mut self, user: UserId, codes: &[RecoveryCodeHash]) -> StoreResult<()> {
        if !self.second_factors.contains(&user) {
            return Err(StoreError::Internal(format!("user {user} has no second factor")));
        }
        self.recovery_codes.put(user, codes.to_vec());
        Ok(())
    }

    fn spend_recovery_code(&mut self, user: UserId, code: &RecoveryCodeHash) -> StoreResult<bool> {
        let mut codes = self.recovery_codes.get(&user).cloned().unwrap_or_default();
        let Some(place) = codes.iter().position(|one| one == code) else { return Ok(false) };
        codes.swap_remove(place);
        self.recovery_codes.put(user, codes);
        Ok(true)
    }
}
