//! The hash chain of a ticket's history (`contract.md` section 3, "History").
//!
//! Each entry carries SHA-256 (FIPS 180-4) over the hash of the entry before it and its own content, so that changing,
//! removing or reordering entries in the database file breaks every later link; the ticket itself holds the sequence and
//! hash of its last entry, so that cutting off the end shows as well.
//!
//! What is hashed is this sequence of fields, each as its length in bytes (unsigned, 64 bits, big-endian) and its bytes, so
//! that no two different entries give the same bytes:
//!
//! 1. the text `support-history-v1`, which keeps these hashes apart from any others;
//! 2. the hash of the entry before, 32 bytes, zeros for the first;
//! 3. the ticket's id, 16 bytes;
//! 4. the sequence, signed, 64 bits, big-endian;
//! 5. the entry's id, 16 bytes;
//! 6. the action's name;
//! 7. the id of who did it, 16 bytes;
//! 8. their name;
//! 9. the details: a byte 1 and the text, or a byte 0 for none;
//! 10. the time in microseconds since the Unix epoch, signed, 64 bits, big-endian.

use sha2::{Digest, Sha256};
use support_domain::entity::{HistoryEntry, NewHistoryEntry};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// What stands before the first entry of a ticket.
pub const START: Hash = [0; 32];

const DOMAIN: &[u8] = b"support-history-v1";

/// The hash of an entry at `sequence`, behind one with the hash `previous`.
#[must_use]
pub fn hash(previous: &Hash, sequence: i64, entry: &NewHistoryEntry) -> Hash {
    let details = entry.details.as_ref().map_or_else(|| vec![0], |text| [&[1], text.as_bytes()].concat());
    let mut sha = Sha256::new();
    for field in [
        DOMAIN,
        previous,
        entry.ticket_id.uuid().as_bytes(),
        &sequence.to_be_bytes(),
        entry.id.uuid().as_bytes(),
        entry.action.as_str().as_bytes(),
        entry.performed_by.uuid().as_bytes(),
        entry.performed_by_name.as_str().as_bytes(),
        &details,
        &entry.timestamp.as_micros().to_be_bytes(),
    ] {
        sha.update((field.len() as u64).to_be_bytes());
        sha.update(field);
    }
    sha.finalize().into()
}

/// The last link of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The sequence of the last entry; 0 when there is none.
    pub sequence: i64,
    /// Its hash; [`START`] when there is none.
    pub hash: Hash,
}

impl Head {
    /// The head of a ticket without entries.
    pub const NEW: Self = Self { sequence: 0, hash: START };

    /// Links `entry` to this head and makes it the new one.
    pub fn link(&mut self, entry: &NewHistoryEntry) -> HistoryEntry {
        let (sequence, previous_hash) = (self.sequence + 1, self.hash);
        let hash = hash(&previous_hash, sequence, entry);
        *self = Self { sequence, hash };
        HistoryEntry { entry: entry.clone(), sequence, previous_hash, hash }
    }

    /// Whether `entry` is the one that follows this head, unchanged; if so it becomes the new head.
    #[must_use]
    pub fn follows(&mut self, entry: &HistoryEntry) -> bool {
        let mut next = *self;
        let intact = next.link(&entry.entry) == *entry;
        if intact {
            *self = next;
        }
        intact
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use support_domain::entity::Action;
    use support_domain::id::{HistoryEntryId, TicketId, UserId};
    use support_domain::time::Timestamp;
    use support_domain::value::PersonName;
    use uuid::Uuid;

    fn entry(details: Option<&str>) -> NewHistoryEntry {
        NewHistoryEntry {
            id: HistoryEntryId::new(Uuid::from_u128(2)),
            ticket_id: TicketId::new(Uuid::from_u128(1)),
            action: Action::TicketCreated,
            performed_by: UserId::new(Uuid::from_u128(3)),
            performed_by_name: PersonName::known("Ana"),
            details: details.map(str::to_owned),
            timestamp: Timestamp::from_micros(1),
        }
    }

    fn hex(hash: Hash) -> String {
        use std::fmt::Write;
        hash.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("strings take anything");
            text
        })
    }

    #[test]
    fn the_encoding_is_the_documented_one() {
        // Computed independently from the description above.
        assert_eq!(
            hex(hash(&START, 1, &entry(None))),
            "77e27b0e97c8a9a4c001260201f31a72865772bed888bf2430a70fb648065101"
        );
        assert_eq!(
            hex(hash(&[7; 32], 2, &entry(Some("größer")))),
            "b60aef8df2c02d598bf76100f058205a34eb8d60a43d424b436c6a9b97bd651e"
        );
    }

    #[test]
    fn no_details_differ_from_empty_ones() {
        assert_ne!(hash(&START, 1, &entry(None)), hash(&START, 1, &entry(Some(""))));
    }

    #[test]
    fn a_changed_or_missing_entry_breaks_the_chain() {
        let mut head = Head::NEW;
        let first = head.link(&entry(None));
        let second = head.link(&entry(Some("more")));
        let mut check = Head::NEW;
        assert!(check.follows(&first) && check.follows(&second));
        assert_eq!(check, head);
        let mut start = Head::NEW;
        assert!(!start.follows(&second), "the first is missing");
        let mut forged = first;
        forged.entry.details = Some("forged".to_owned());
        assert!(!start.follows(&forged));
    }
}
