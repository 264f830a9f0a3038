//! Tickets' histories.

use std::fmt::Write;

use serde::{Deserialize, Serialize};
use support_domain::entity;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::choice::Action;
use crate::schema;

/// An entry of a ticket's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEntry {
    /// Its id.
    pub id: Uuid,
    /// The ticket it tells of.
    pub ticket_id: Uuid,
    /// What happened.
    pub action: Action,
    /// Who did it; the nil UUID for the desk itself.
    pub performed_by: Uuid,
    /// Their name at the time.
    pub performed_by_name: String,
    /// More about it, in a sentence.
    #[schema(required = true)]
    pub details: Option<String>,
    /// When it happened.
    #[schema(value_type = schema::Time)]
    pub timestamp: String,
    /// Its place in the ticket's history: 1, 2, 3 … without a gap.
    #[schema(value_type = schema::Count)]
    pub sequence: i64,
    /// The hash of the entry before it, in hexadecimal; zeros for the first.
    pub previous_hash: String,
    /// SHA-256 over the previous hash and this entry, in hexadecimal.
    pub hash: String,
}

impl From<&entity::HistoryEntry> for HistoryEntry {
    fn from(entry: &entity::HistoryEntry) -> Self {
        let entity::HistoryEntry { entry, sequence, previous_hash, hash } = entry;
        Self {
            id: entry.id.uuid(),
            ticket_id: entry.ticket_id.uuid(),
            action: entry.action.into(),
            performed_by: entry.performed_by.uuid(),
            performed_by_name: entry.performed_by_name.as_str().to_owned(),
            details: entry.details.clone(),
            timestamp: entry.timestamp.to_string(),
            sequence: *sequence,
            previous_hash: hex(previous_hash),
            hash: hex(hash),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_written_in_hexadecimal() {
        assert_eq!(hex(&[0, 15, 171]), "000fab");
    }
}
