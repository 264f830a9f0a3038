//! Requests that may be repeated.

use crate::memory::state::State;
use crate::port::{ClaimOutcome, IdempotencyRecord, IdempotencyRepository, StoreResult};
use crate::time::Timestamp;

impl IdempotencyRepository for State {
    fn claim(&mut self, record: &IdempotencyRecord) -> StoreResult<ClaimOutcome> {
        let name = (record.actor, record.key.as_str().to_owned());
        if let Some(first) = self.requests.get(&name) {
            return Ok(ClaimOutcome::Repeated(first.clone()));
        }
        self.requests.put(name, record.clone());
        Ok(ClaimOutcome::First)
    }

    fn prune(&mut self, before: Timestamp) -> StoreResult<()> {
        self.requests.retain(|record| record.created_at >= before);
        Ok(())
    }
}
