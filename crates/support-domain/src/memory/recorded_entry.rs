//! An entry of a history as it is kept.

use sha2::{Digest, Sha256};

use crate::entity::{HistoryEntry, NewHistoryEntry};
use crate::rules::chain::ChainEntry;
use crate::rules::chain_digest::{ChainContent, digest};

/// An entry, and a digest of the texts that it had when it was appended: erasing these leaves the chain as it
/// is.
#[derive(Clone, Debug)]
pub(super) struct RecordedEntry {
    pub(super) entry: HistoryEntry,
    texts: [u8; 32],
}

impl RecordedEntry {
    pub(super) fn new(entry: &NewHistoryEntry, sequence: i64, previous_hash: [u8; 32]) -> Self {
        let texts = texts(entry);
        let hash = hash(&previous_hash, sequence, entry, &texts);
        Self { entry: HistoryEntry { entry: entry.clone(), sequence, previous_hash, hash }, texts }
    }

    /// The entry as a link of its chain.
    pub(super) fn link(&self) -> ChainEntry {
        let HistoryEntry { entry, sequence, previous_hash, hash: stored } = &self.entry;
        ChainEntry {
            sequence: *sequence,
            previous_hash: *previous_hash,
            hash: *stored,
            computed: hash(previous_hash, *sequence, entry, &self.texts),
        }
    }
}

fn texts(entry: &NewHistoryEntry) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for text in [Some(entry.performed_by_name.as_str()), entry.details.as_deref()] {
        hasher.update([u8::from(text.is_some())]);
        hasher.update(text.unwrap_or_default());
        hasher.update([0]);
    }
    hasher.finalize().into()
}

fn hash(previous: &[u8; 32], sequence: i64, entry: &NewHistoryEntry, texts: &[u8; 32]) -> [u8; 32] {
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
