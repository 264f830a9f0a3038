//! Checkpoints: signed notes of where every ticket's history ended, against which it shows when one was cut
//! or rewritten, or when a ticket is gone.
//!
//! A checkpoint is a JSON file. Signed (Ed25519, RFC 8032) is this text, made of its members as they stand
//! there, each line ended by a line feed:
//!
//! ```text
//! support-checkpoint-v1
//! <createdAt>
//! <tickets>
//! <ticketId> <ticketNumber> <sequence> <hash>      for each of the heads, in their order
//! ```
//!
//! `sequence` and `hash` are those of the ticket's last entry at the time or a little later: a service that
//! runs meanwhile goes on writing. Public keys are written as base64 of their DER form (RFC 8410).

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use support_api::history::hex;
use support_domain::entity::ChainHead;
use support_domain::id::TicketId;
use support_domain::time::Timestamp;
use support_domain::value::TicketNumber;

use crate::failure::Failure;

/// What the signature is for, so that it can be taken for nothing else.
const DOMAIN: &str = "support-checkpoint-v1";
/// What stands before the 32 bytes of an Ed25519 key in its DER form (RFC 8410, section 4).
const DER_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// The key that signs checkpoints, derived from the master key.
pub(crate) struct CheckpointKey(SigningKey);

impl CheckpointKey {
    pub(crate) fn derive(master: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&support_crypto::derive(master, b"support checkpoints v1")))
    }

    /// The key by which others can check what this one signed.
    pub(crate) fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }
}

/// A key that checks signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Reads what is printed of one; `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let der = STANDARD.decode(text.trim()).ok()?;
        let bytes: &[u8; 32] = der.strip_prefix(&DER_PREFIX)?.try_into().ok()?;
        VerifyingKey::from_bytes(bytes).ok().map(Self)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let der = [DER_PREFIX.as_slice(), self.0.as_bytes()].concat();
        f.write_str(&STANDARD.encode(der))
    }
}

/// Where every ticket's history ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    /// When it was begun.
    pub(crate) created_at: Timestamp,
    /// The tickets' numbers and last entries.
    pub(crate) heads: BTreeMap<TicketId, (TicketNumber, ChainHead)>,
}

/// The file.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Document {
    created_at: String,
    tickets: usize,
    heads: Vec<Head>,
    public_key: String,
    signature: String,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Head {
    ticket_id: String,
    ticket_number: String,
    sequence: i64,
    hash: String,
}

impl Checkpoint {
    /// Writes it to a file, signed. What was there before is replaced once the new one is whole.
    pub(crate) fn write(&self, key: &CheckpointKey, path: &Path) -> Result<(), Failure> {
        let failed = |error: std::io::Error| Failure::new(format!("{}: {error}", path.display()));
        let mut draft = path.as_os_str().to_owned();
        draft.push(format!(".{}", std::process::id()));
        let written = File::create(&draft).and_then(|file| {
            let mut file = BufWriter::new(file);
            serde_json::to_writer_pretty(&mut file, &Document::of(self, key))?;
            file.into_inner()?.sync_all()?;
            fs::rename(&draft, path)
        });
        written.map_err(|error| {
            // What is left of it is of no use; it may not even exist.
            let _gone = fs::remove_file(&draft);
            failed(error)
        })
    }

    /// Reads a file that `key` must have signed.
    pub(crate) fn read(path: &Path, key: &PublicKey) -> Result<Self, Failure> {
        let failed = |what: &dyn fmt::Display| Failure::new(format!("{}: {what}", path.display()));
        let file = File::open(path).map_err(|error| failed(&error))?;
        let document: Document = serde_json::from_reader(BufReader::new(file))
            .map_err(|error| failed(&format!("this is no checkpoint: {error}")))?;
        if !document.is_signed_by(key) {
            return Err(failed(&"the signature does not hold: it was changed, or another key signed it"));
        }
        document.restore().ok_or_else(|| failed(&"this is no checkpoint: it contradicts itself"))
    }
}

impl Document {
    fn of(checkpoint: &Checkpoint, key: &CheckpointKey) -> Self {
        let head = |(id, (number, head)): (&TicketId, &(TicketNumber, ChainHead))| Head {
            ticket_id: id.to_string(),
            ticket_number: number.to_string(),
            sequence: head.sequence,
            hash: hex(&head.hash),
        };
        let mut document = Self {
            created_at: checkpoint.created_at.to_string(),
            tickets: checkpoint.heads.len(),
            heads: checkpoint.heads.iter().map(head).collect(),
            public_key: key.public().to_string(),
            signature: String::new(),
        };
        document.signature = STANDARD.encode(key.0.sign(document.text().as_bytes()).to_bytes());
        document
    }

    /// What is signed.
    fn text(&self) -> String {
        let mut text = format!("{DOMAIN}\n{}\n{}\n", self.created_at, self.tickets);
        for Head { ticket_id, ticket_number, sequence, hash } in &self.heads {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{ticket_id} {ticket_number} {sequence} {hash}");
        }
        text
    }

    fn is_signed_by(&self, key: &PublicKey) -> bool {
        let signature = STANDARD.decode(&self.signature).ok();
        let signature = signature.and_then(|bytes| Signature::from_slice(&bytes).ok());
        signature.is_some_and(|signature| key.0.verify_strict(self.text().as_bytes(), &signature).is_ok())
    }

    /// The checkpoint; `None` when a member is not what it says, so that no other members give the same text.
    fn restore(&self) -> Option<Checkpoint> {
        let head = |head: &Head| {
            let last = ChainHead { sequence: head.sequence, hash: unhex(&head.hash)? };
            Some((TicketId::parse(&head.ticket_id)?, (TicketNumber::parse(&head.ticket_number)?, last)))
        };
        let heads: BTreeMap<_, _> = self.heads.iter().map(head).collect::<Option<_>>()?;
        let is_whole = heads.len() == self.tickets && self.heads.len() == self.tickets;
        is_whole.then_some(Checkpoint { created_at: Timestamp::parse(&self.created_at)?, heads })
    }
}

/// Reads a hash in hexadecimal.
fn unhex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn key(master: u8) -> CheckpointKey {
        CheckpointKey::derive(&[master; 32])
    }

    fn checkpoint() -> Checkpoint {
        let head = |n: u8| {
            let head = ChainHead { sequence: i64::from(n) * 7, hash: [n; 32] };
            (TicketId::new(Uuid::from_u128(n.into())), (TicketNumber::new(2026, n.into()), head))
        };
        Checkpoint {
            created_at: Timestamp::parse("2026-11-24T02:00:00.123Z").expect("a time"),
            heads: [head(1), head(2), head(10)].into(),
        }
    }

    fn written(directory: &tempfile::TempDir) -> std::path::PathBuf {
        let path = directory.path().join("checkpoint.json");
        checkpoint().write(&key(1), &path).expect("written");
        path
    }

    #[test]
    fn what_was_written_is_read_under_its_key_alone() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = written(&directory);
        let printed = key(1).public().to_string();
        let public = PublicKey::parse(&format!("{printed}\n")).expect("as printed");
        assert_eq!(Checkpoint::read(&path, &public).ok(), Some(checkpoint()));
        let other = Checkpoint::read(&path, &key(2).public()).expect_err("another key").to_string();
        assert!(other.contains("the signature does not hold"), "{other}");
        assert_eq!(fs::read_dir(directory.path()).expect("listed").count(), 1, "no draft is left");
    }

    #[test]
    fn nothing_in_it_can_be_changed() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = written(&directory);
        let text = fs::read_to_string(&path).expect("read");
        let zeros = "0".repeat(63);
        for (from, to) in [
            ("2026-11-24T02:00:00.123Z", "2026-11-24T02:00:00.124Z"),
            ("\"sequence\": 14", "\"sequence\": 13"),
            ("TKT-2026-002", "TKT-2026-003"),
            ("\"tickets\": 3", "\"tickets\": 2"),
            ("0202020202", "0302020202"),
            (&format!("{}2", &"00000000-0000-0000-0000-000000000002"[..35]), &zeros[..36]),
            ("\"signature\": \"", "\"signature\": \"AAAA"),
            ("\"createdAt\"", "\"remark\": 1, \"createdAt\""),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text, "{from}");
            fs::write(&path, changed).expect("written");
            assert!(Checkpoint::read(&path, &key(1).public()).is_err(), "{from}");
        }
    }

    #[test]
    fn keys_are_written_as_other_programs_read_them() {
        // The key of RFC 8410, section 10.1.
        let text = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
        assert_eq!(PublicKey::parse(text).expect("a key").to_string(), text);
        for bad in ["", "AAAA", "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZg=="] {
            assert_eq!(PublicKey::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn hashes_are_read_whole() {
        assert_eq!(unhex(&hex(&[171; 32])), Some([171; 32]));
        for bad in ["", "ab", &"g".repeat(64), &"+f".repeat(32), &"ä".repeat(32)] {
            assert_eq!(unhex(bad), None, "{bad}");
        }
    }
}
