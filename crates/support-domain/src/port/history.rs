//! Tickets' histories.

use crate::entity::{ChainHead, ChainReport, HistoryEntry, NewHistoryEntry};
use crate::id::TicketId;
use crate::port::StoreResult;

/// Keeps histories, which only grow.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait HistoryRepository {
    /// Appends to the history of a ticket that is locked or new: gives the entry the next `sequence` and
    /// chains it by hash to the one before.
    fn append(&mut self, entry: &NewHistoryEntry) -> StoreResult<()>;

    /// At most `limit` entries of `ticket` with a `sequence` above `after`, oldest first.
    fn list(&mut self, ticket: TicketId, after: i64, limit: u32) -> StoreResult<Vec<HistoryEntry>>;

    /// Checks the chain of `ticket` as it is stored, which once ended at `known`: an entry that was changed,
    /// even so that [`HistoryRepository::list`] fails on it, is reported and is no error. `None` when
    /// there is neither such a ticket nor an entry of it.
    fn verify(&mut self, ticket: TicketId, known: Option<ChainHead>) -> StoreResult<Option<ChainReport>>;

    /// The first `limit` tickets behind `after`, by id: those that exist, and those of which there are
    /// entries alone.
    fn list_tickets(&mut self, after: Option<TicketId>, limit: u32) -> StoreResult<Vec<TicketId>>;
}
