//! Tickets' histories.

use std::ops::Bound::{Excluded, Included, Unbounded};

use crate::entity::{ChainHead, ChainReport, HistoryEntry, NewHistoryEntry};
use crate::error::StoreError;
use crate::id::TicketId;
use crate::memory::recorded_entry::RecordedEntry;
use crate::memory::state::State;
use crate::port::{HistoryRepository, StoreResult};
use crate::rules::chain::ChainCheck;

impl HistoryRepository for State {
    fn append(&mut self, entry: &NewHistoryEntry) -> StoreResult<()> {
        let ticket = entry.ticket_id;
        if !self.tickets.contains(&ticket) {
            return Err(StoreError::Internal(format!("history entry {} has no ticket", entry.id)));
        }
        let last =
            self.history.range((ticket, 0)..=(ticket, i64::MAX)).next_back().map(|(_, last)| &last.entry);
        let (sequence, previous_hash) = last.map_or((1, [0; 32]), |last| (last.sequence + 1, last.hash));
        self.history.put((ticket, sequence), RecordedEntry::new(entry, sequence, previous_hash));
        Ok(())
    }

    fn list(&mut self, ticket: TicketId, after: i64, limit: u32) -> StoreResult<Vec<HistoryEntry>> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let range = (Excluded((ticket, after)), Included((ticket, i64::MAX)));
        Ok(self.history.range(range).take(limit).map(|(_, recorded)| recorded.entry.clone()).collect())
    }

    fn verify(&mut self, ticket: TicketId, known: Option<ChainHead>) -> StoreResult<Option<ChainReport>> {
        let Some(number) = self.tickets.get(&ticket).map(|found| found.number) else { return Ok(None) };
        let entries = || self.history.range((ticket, 0)..=(ticket, i64::MAX)).map(|(_, recorded)| recorded);
        // The last entry is the head: nothing else here knows of it.
        let last = entries().next_back();
        let head = last.map_or(ChainHead::EMPTY, |last| ChainHead {
            sequence: last.entry.sequence,
            hash: last.entry.hash,
        });
        let mut check = ChainCheck::new(head, known);
        entries().for_each(|recorded| check.entry(&recorded.link()));
        Ok(Some(check.finish(ticket, number)))
    }

    fn list_tickets(&mut self, after: Option<TicketId>, limit: u32) -> StoreResult<Vec<TicketId>> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let range = (after.map_or(Unbounded, Excluded), Unbounded);
        Ok(self.tickets.range(range).take(limit).map(|(id, _)| *id).collect())
    }
}
