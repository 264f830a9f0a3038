//! The hash of an entry in a ticket's history (`docs/contract.md`, section 3.6).
//!
//! Each entry carries SHA-256 (FIPS 180-4) over the hash of the entry before it and its own content, so that
//! changing, removing or reordering entries in the database file breaks every later link; the ticket itself
//! holds the sequence and hash of its last entry, so that cutting off the end shows as well.
//!
//! What is hashed is this sequence of fields, each as its length in bytes (unsigned, 64
//! bits, big-endian) and its bytes, so that no two different entries give the same bytes:
//!
//! 1. the text `support-history-v1`, which keeps these hashes apart from any others;
//! 2. the hash of the entry before, 32 bytes, zeros for the first;
//! 3. the ticket's id, 16 bytes;
//! 4. the sequence, signed, 64 bits, big-endian;
//! 5. the entry's id, 16 bytes;
//! 6. the action's name;
//! 7. the id of who did it, 16 bytes;
//! 8. their name, if it stands by itself: a byte 1 and the text, or a byte 0 for none;
//! 9. the content as it is kept;
//! 10. the time in microseconds since the Unix epoch, signed, 64 bits, big-endian.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// A SHA-256 digest.
pub type Digest = [u8; 32];

const DOMAIN: &[u8] = b"support-history-v1";

/// What of an entry is hashed.
///
/// A store that can erase what is personal of an entry must leave its hash valid. So `content` is not the
/// text itself but what stays of it: a ciphertext whose key is destroyed, or a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainContent<'a> {
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
    /// Their name, if it is not in the content.
    pub performed_by_name: Option<&'a str>,
    /// What stays of its personal texts: the name of a customer, and the details.
    pub content: &'a [u8],
    /// The time, in microseconds since the Unix epoch.
    pub micros: i64,
}

/// The hash of an entry behind one with the hash `previous`; 32 zeros stand before the first.
#[must_use]
pub fn digest(previous: &[u8], entry: &ChainContent<'_>) -> Digest {
    let name = entry.performed_by_name.map_or_else(|| vec![0], |text| [&[1], text.as_bytes()].concat());
    let mut sha = Sha256::new();
    for field in [
        DOMAIN,
        previous,
        entry.ticket_id.as_bytes(),
        &entry.sequence.to_be_bytes(),
        entry.id.as_bytes(),
        entry.action.as_bytes(),
        entry.performed_by.as_bytes(),
        &name,
        entry.content,
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

    fn entry<'a>(sequence: i64, name: Option<&'a str>, content: &'a [u8]) -> ChainContent<'a> {
        ChainContent {
            ticket_id: Uuid::from_u128(1),
            sequence,
            id: Uuid::from_u128(2),
            action: "ticket_created",
            performed_by: Uuid::from_u128(3),
            performed_by_name: name,
            content,
            micros: 1,
        }
    }

    fn hex(digest: Digest) -> String {
        use std::fmt::Write;
        digest.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("strings take anything");
            text
        })
    }

    #[test]
    fn the_encoding_is_the_documented_one() {
        // Computed independently from the description above.
        assert_eq!(
            hex(digest(&[0; 32], &entry(1, None, &[0, 255]))),
            "484c3bbd29df157755d59a8f9ae7f352e23d7fb89d9f5129f5acbe7d9f62d741"
        );
        assert_eq!(
            hex(digest(&[7; 32], &entry(2, Some("größer"), &[]))),
            "c9941f6ec8ad4a743a7f1afde09870918e3d9a100aa3128c9c8e7bdd774d0bf2"
        );
    }

    #[test]
    fn no_name_differs_from_an_empty_one() {
        assert_ne!(digest(&[0; 32], &entry(1, None, &[])), digest(&[0; 32], &entry(1, Some(""), &[])));
    }
}
