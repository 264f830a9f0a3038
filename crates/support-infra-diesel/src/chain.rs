//! The hash chain of a ticket's history (`contract.md` section 3, "History").
//!
//! Each entry carries SHA-256 (FIPS 180-4) over the hash of the entry before it and its own content, so that changing,
//! removing or reordering entries in the database file breaks every later link; the ticket itself holds the sequence and
//! hash of its last entry, so that cutting off the end shows as well.
//!
//! What is hashed is this sequence of fields as they are stored, each as its length in bytes (unsigned, 64 bits, big-endian) and its bytes, so
//! that no two different entries give the same bytes:
//!
//! 1. the text `support-history-v1`, which keeps these hashes apart from any others;
//! 2. the hash of the entry before, 32 bytes, zeros for the first;
//! 3. the ticket's id, 16 bytes;
//! 4. the sequence, signed, 64 bits, big-endian;
//! 5. the entry's id, 16 bytes;
//! 6. the action's name;
//! 7. the id of who did it, 16 bytes;
//! 8. their name, as its column holds it;
//! 9. the details: a byte 1 and the text, or a byte 0 for none;
//! 10. the time in microseconds since the Unix epoch, signed, 64 bits, big-endian.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A SHA-256 digest.
pub type Hash = [u8; 32];

const DOMAIN: &[u8] = b"support-history-v1";

/// What of an entry is hashed, as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content<'a> {
    /// The ticket's id.
    pub ticket_id: Uuid,
    /// The entry's place in the ticket's history.
    pub sequence: i64,
    /// The entry's id.
    pub id: Uuid,
    /// The action's name.
    pub action: &'a str,
    /// The id of who did it.
    pub performed_by: Uuid,
    /// Their name.
    pub performed_by_name: &'a str,
    /// The details.
    pub details: Option<&'a str>,
    /// The time, in microseconds since the Unix epoch.
    pub micros: i64,
}

/// The hash of an entry behind one with the hash `previous`; zeros stand before the first.
#[must_use]
pub fn hash(previous: &[u8], entry: &Content<'_>) -> Hash {
    let details = entry.details.map_or_else(|| vec![0], |text| [&[1], text.as_bytes()].concat());
    let mut sha = Sha256::new();
    for field in [
        DOMAIN,
        previous,
        entry.ticket_id.as_bytes(),
        &entry.sequence.to_be_bytes(),
        entry.id.as_bytes(),
        entry.action.as_bytes(),
        entry.performed_by.as_bytes(),
        entry.performed_by_name.as_bytes(),
        &details,
        &entry.micros.to_be_bytes(),
    ] {
        sha.update((field.len() as u64).to_be_bytes());
        sha.update(field);
    }
    sha.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(sequence: i64, details: Option<&str>) -> Content<'_> {
        Content {
            ticket_id: Uuid::from_u128(1),
            sequence,
            id: Uuid::from_u128(2),
            action: "ticket_created",
            performed_by: Uuid::from_u128(3),
            performed_by_name: "Ana",
            details,
            micros: 1,
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
            hex(hash(&[0; 32], &entry(1, None))),
            "77e27b0e97c8a9a4c001260201f31a72865772bed888bf2430a70fb648065101"
        );
        assert_eq!(
            hex(hash(&[7; 32], &entry(2, Some("größer")))),
            "b60aef8df2c02d598bf76100f058205a34eb8d60a43d424b436c6a9b97bd651e"
        );
    }

    #[test]
    fn no_details_differ_from_empty_ones() {
        assert_ne!(hash(&[0; 32], &entry(1, None)), hash(&[0; 32], &entry(1, Some(""))));
    }
}
