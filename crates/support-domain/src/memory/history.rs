//! Tickets' histories.

use std::ops::Bound::{Excluded, Included, Unbounded};

use sha2::{Digest, Sha256};

use crate::entity::{ChainHead, ChainReport, HistoryEntry, NewHistoryEntry};
use crate::error::StoreError;
use crate::id::TicketId;
use crate::memory::state::State;
use crate::port::{HistoryRepository, StoreResult};
use crate::rules::chain::{ChainCheck, ChainEntry};
use crate::rules::chain_digest::{ChainContent, digest};

impl HistoryRepository for State {
    fn append(&mut self, entry: &NewHistoryEntry) -> StoreResult<()> {
        let ticket = entry.ticket_id;
        if !self.tickets.contains(&ticket) {
            return Err(StoreError::Internal(format!("history entry {} has no ticket", entry.id)));
        }
        let last =
            self.history.range((ticket, 0)..=(ticket, i64::MAX)).next_back().map(|(_, last)| &last.entry);
        let (sequence, previous_hash) = last.map_or((1, [0; 32]), |last| (last.sequence + 1, last.hash));
        let texts = texts(entry);
        let hash = chain(&previous_hash, sequence, entry, &texts);
        let entry = HistoryEntry { entry: entry.clone(), sequence, previous_hash, hash };
        self.history.put((ticket, sequence), Recorded { entry, texts });
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
        for Recorded { entry: HistoryEntry { entry, sequence, previous_hash, hash }, texts } in entries() {
            let (sequence, previous_hash, hash) = (*sequence, *previous_hash, *hash);
            let computed = chain(&previous_hash, sequence, entry, texts);
            check.entry(&ChainEntry { sequence, previous_hash, hash, computed });
        }
        Ok(Some(check.finish(ticket, number)))
    }

    fn list_tickets(&mut self, after: Option<TicketId>, limit: u32) -> StoreResult<Vec<TicketId>> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let range = (after.map_or(Unbounded, Excluded), Unbounded);
        Ok(self.tickets.range(range).take(limit).map(|(id, _)| *id).collect())
    }
}

/// An entry, and the hash of the texts that it had when it was appended: erasing these leaves the chain as it
/// is.
#[derive(Clone, Debug)]
pub(super) struct Recorded {
    pub(super) entry: HistoryEntry,
    texts: [u8; 32],
}

/// A digest of the texts, which tells no more of them once they are erased.
fn texts(entry: &NewHistoryEntry) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for text in [Some(entry.performed_by_name.as_str()), entry.details.as_deref()] {
        hasher.update([u8::from(text.is_some())]);
        hasher.update(text.unwrap_or_default());
        hasher.update([0]);
    }
    hasher.finalize().into()
}

fn chain(previous: &[u8; 32], sequence: i64, entry: &NewHistoryEntry, texts: &[u8; 32]) -> [u8; 32] {
    let content = ChainContent {
        ticket_id: entry.ticket_id.uuid(),
        sequence,
        id: entry.id.uuid(),
        action: entry.action.as_str(),
        performed_by: entry.performed_by.uuid(),
        performed_by_name: None,
        content: texts,
        micros: entry.timestamp.as_micros(),
    };
    digest(previous, &content)
}
