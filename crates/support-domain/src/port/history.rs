//! Tickets' histories.

use crate::entity::{HistoryEntry, NewHistoryEntry};
use crate::id::TicketId;
use crate::port::StoreResult;

/// Keeps histories, which only grow.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait HistoryRepository {
    /// Appends to the history of a ticket that is locked or new: gives the entry the next `sequence` and chains it by
    /// hash to the one before.
    fn append(&mut self, entry: &NewHistoryEntry) -> StoreResult<()>;

    /// At most `limit` entries of `ticket` with a `sequence` above `after`, oldest first.
    fn list(&mut self, ticket: TicketId, after: i64, limit: u32) -> StoreResult<Vec<HistoryEntry>>;
}
