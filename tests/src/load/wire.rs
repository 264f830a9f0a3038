//! The fields that the heavy tests read, under the names of `docs/contract.md`.

use serde::Deserialize;

/// A ticket.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are those of docs/contract.md")]
pub struct Ticket {
    pub id: String,
    pub ticket_number: String,
    pub subject: String,
    pub category: String,
    pub priority: String,
    pub status: String,
    pub department: Option<String>,
    pub assigned_to: Option<String>,
    pub escalated_to: Option<String>,
    pub resolution: Option<String>,
    pub message_count: u64,
    pub created_at: String,
    pub version: u64,
}

impl Ticket {
    /// Who handles it or did last: `escalatedTo` if set, else `assignedTo`.
    #[must_use]
    pub fn handler(&self) -> Option<&str> {
        self.escalated_to.as_deref().or(self.assigned_to.as_deref())
    }

    /// Whether it counts for its handler.
    #[must_use]
    pub fn is_active(&self) -> bool {
        matches!(self.status.as_str(), "in-progress" | "escalated")
    }

    /// How urgent it is, growing.
    #[must_use]
    pub fn urgency(&self) -> Option<usize> {
        ["low", "medium", "high", "urgent"].iter().position(|priority| *priority == self.priority)
    }
}

/// An agent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are those of docs/contract.md")]
pub struct Agent {
    pub id: String,
    pub department: String,
    pub tier: u8,
    pub status: String,
    pub active_tickets: i64,
    pub capacity: i64,
}

impl Agent {
    /// Whether the assignment rule may pick them.
    #[must_use]
    pub fn is_candidate(&self) -> bool {
        self.status == "available" && self.active_tickets < self.capacity
    }
}

/// An entry of a ticket's history.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are those of docs/contract.md")]
pub struct Entry {
    pub action: String,
    pub details: Option<String>,
    pub timestamp: String,
    pub sequence: u64,
    pub previous_hash: String,
    pub hash: String,
}

/// A message.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are those of docs/contract.md")]
pub struct Message {
    pub id: String,
    pub sender_type: String,
    pub message: String,
    pub sequence: u64,
}
