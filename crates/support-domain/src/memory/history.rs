//! Tickets' histories.

use std::ops::Bound::{Excluded, Included, Unbounded};

use crate::entity::{ChainHead, ChainReport, HistoryEntry, NewHistoryEntry};
use crate::error::StoreError;
use crate::id::TicketId;
use crate::memory::state::State;
use crate::port::{HistoryRepository, StoreResult};
use crate::rules::chain::{ChainCheck, ChainEntry};

impl HistoryRepository for State {
    fn append(&mut self, entry: &NewHistoryEntry) -> StoreResult<()> {
        let ticket = entry.ticket_id;
        if !self.tickets.contains(&ticket) {
            return Err(StoreError::Internal(format!("history entry {} has no ticket", entry.id)));
        }
        let last =
            self.history.range((ticket, 0)..=(ticket, i64::MAX)).next_back().map(|(_, last)| &last.entry);
        let (sequence, previous_hash) = last.map_or((1, [0; 32]), |last| (last.sequence + 1, last.hash));
        let texts = mix(&texts(entry));
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

fn texts(entry: &NewHistoryEntry) -> Vec<u8> {
    let mut bytes = Vec::new();
    for text in [entry.performed_by_name.as_str(), entry.details.as_deref().unwrap_or("")] {
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(0);
    }
    bytes.push(u8::from(entry.details.is_some()));
    bytes
}

/// Mixes an entry into the hash of the one before it.
fn chain(previous: &[u8; 32], sequence: i64, entry: &NewHistoryEntry, texts: &[u8; 32]) -> [u8; 32] {
    let mut bytes = previous.to_vec();
    for id in [entry.id.uuid(), entry.ticket_id.uuid(), entry.performed_by.uuid()] {
        bytes.extend_from_slice(id.as_bytes());
    }
    bytes.extend_from_slice(&sequence.to_le_bytes());
    bytes.extend_from_slice(&entry.timestamp.as_micros().to_le_bytes());
    bytes.extend_from_slice(entry.action.as_str().as_bytes());
    bytes.extend_from_slice(texts);
    mix(&bytes)
}

/// A hash of `bytes`. Not cryptographic: four lanes of FNV-1a (64 bits each), so that the domain needs no
/// hashing crate.
fn mix(bytes: &[u8]) -> [u8; 32] {
    const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let mut hash = [0; 32];
    for (lane, out) in (0_u8..).zip(hash.chunks_exact_mut(8)) {
        let start = (OFFSET_BASIS ^ u64::from(lane)).wrapping_mul(PRIME);
        let mixed = bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME));
        out.copy_from_slice(&mixed.to_le_bytes());
    }
    hash
}
