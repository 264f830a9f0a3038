//! Tickets' histories.

use std::fmt::Write;

use serde::{Deserialize, Serialize};
use support_domain::entity;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::choice::{Action, ChainProblem};
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

/// What checking a ticket's history found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryVerification {
    /// Whose history it is.
    pub ticket_id: Uuid,
    /// Whether every entry is there, in order and as it was written.
    pub ok: bool,
    /// How many entries hold, from the first.
    #[schema(value_type = schema::Count)]
    pub entries: u64,
    /// The first place where it is broken, if it is.
    #[serde(rename = "break", default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub broken: Option<HistoryBreak>,
}

/// A place where a history is broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryBreak {
    /// The sequence of the entry that is wrong or missing.
    pub sequence: i64,
    /// What is wrong with it.
    pub problem: ChainProblem,
}

impl From<&entity::ChainReport> for HistoryVerification {
    fn from(report: &entity::ChainReport) -> Self {
        let broken = report
            .broken
            .map(|broken| HistoryBreak { sequence: broken.sequence, problem: broken.problem.into() });
        Self { ticket_id: report.ticket_id.uuid(), ok: broken.is_none(), entries: report.entries, broken }
    }
}

/// Bytes in lower-case hexadecimal, as hashes are written.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
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

    #[test]
    fn a_break_is_told_only_where_there_is_one() {
        let broken = entity::ChainReport::without_ticket(support_domain::id::TicketId::new(Uuid::nil()), 3);
        let json = |report: &entity::ChainReport| {
            serde_json::to_value(HistoryVerification::from(report)).expect("JSON")
        };
        let place = serde_json::json!({"sequence": 3, "problem": "ticket-missing"});
        assert_eq!((&json(&broken)["ok"], &json(&broken)["break"]), (&false.into(), &place));
        let whole = entity::ChainReport { broken: None, entries: 2, ..broken };
        let expected = serde_json::json!({"ticketId": Uuid::nil(), "ok": true, "entries": 2});
        assert_eq!(json(&whole), expected);
    }
}
