//! Requests that may be repeated.

use crate::id::{TicketId, UserId};
use crate::port::StoreResult;
use crate::time::Timestamp;
use crate::value::{Fingerprint, IdempotencyKey};

/// A request that made a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// Who asked.
    pub actor: UserId,
    /// Their name for the request.
    pub key: IdempotencyKey,
    /// What it said.
    pub fingerprint: Fingerprint,
    /// The ticket it made.
    pub ticket_id: TicketId,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Whether a request is the first under its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimOutcome {
    /// It is: the record was added.
    First,
    /// It is not: this one was there.
    Repeated(IdempotencyRecord),
}

/// Keeps requests.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait IdempotencyRepository {
    /// Adds a record unless its actor and key have one, and waits for a concurrent transaction that adds the
    /// same.
    fn claim(&mut self, record: &IdempotencyRecord) -> StoreResult<ClaimOutcome>;

    /// Deletes records made before `before`.
    fn prune(&mut self, before: Timestamp) -> StoreResult<()>;
}
