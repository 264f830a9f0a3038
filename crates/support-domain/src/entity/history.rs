//! `TicketHistory` (`docs/specification.md`, section 2.5).

use crate::id::{HistoryEntryId, TicketId, UserId};
use crate::time::Timestamp;
use crate::value::PersonName;

/// What happened to a ticket: the specification's names and those that `docs/contract.md`, section 3.6 adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// The ticket was created.
    TicketCreated,
    /// It was assigned to an agent for the first time.
    TicketAssigned,
    /// It was escalated to a higher tier.
    TicketEscalated,
    /// Its status changed in a way that has no action of its own.
    StatusChanged,
    /// Its priority changed.
    PriorityChanged,
    /// It was resolved.
    TicketResolved,
    /// It was closed.
    TicketClosed,
    /// A message was written.
    MessageSent,
    /// It went from one agent to another.
    AgentReassigned,
    /// It was reopened.
    TicketReopened,
    /// Other details changed.
    TicketUpdated,
    /// A file was attached.
    AttachmentAdded,
    /// Somebody was notified by hand.
    NotificationSent,
    /// What is held on the customer was given out.
    CustomerExported,
    /// The customer's personal data was erased.
    CustomerErased,
}

impl Action {
    /// Every action.
    pub const ALL: &'static [Self] = &[
        Self::TicketCreated,
        Self::TicketAssigned,
        Self::TicketEscalated,
        Self::StatusChanged,
        Self::PriorityChanged,
        Self::TicketResolved,
        Self::TicketClosed,
        Self::MessageSent,
        Self::AgentReassigned,
        Self::TicketReopened,
        Self::TicketUpdated,
        Self::AttachmentAdded,
        Self::NotificationSent,
        Self::CustomerExported,
        Self::CustomerErased,
    ];

    /// The action's name on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TicketCreated => "ticket_created",
            Self::TicketAssigned => "ticket_assigned",
            Self::TicketEscalated => "ticket_escalated",
            Self::StatusChanged => "status_changed",
            Self::PriorityChanged => "priority_changed",
            Self::TicketResolved => "ticket_resolved",
            Self::TicketClosed => "ticket_closed",
            Self::MessageSent => "message_sent",
            Self::AgentReassigned => "agent_reassigned",
            Self::TicketReopened => "ticket_reopened",
            Self::TicketUpdated => "ticket_updated",
            Self::AttachmentAdded => "attachment_added",
            Self::NotificationSent => "notification_sent",
            Self::CustomerExported => "customer_exported",
            Self::CustomerErased => "customer_erased",
        }
    }

    /// Reads a name; `None` for an unknown one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.as_str() == text)
    }
}

/// An entry to append. The store gives it its sequence and its place in the hash chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewHistoryEntry {
    /// Its id.
    pub id: HistoryEntryId,
    /// The ticket it tells of.
    pub ticket_id: TicketId,
    /// What happened.
    pub action: Action,
    /// Who did it; [`UserId::SYSTEM`] for the desk itself.
    pub performed_by: UserId,
    /// Their name at the time.
    pub performed_by_name: PersonName,
    /// More about it, in a sentence.
    pub details: Option<String>,
    /// When it happened.
    pub timestamp: Timestamp,
}

/// An entry of a ticket's history, which can be neither changed nor deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// What was appended.
    pub entry: NewHistoryEntry,
    /// Its place in the ticket's history, from 1 without a gap.
    pub sequence: i64,
    /// SHA-256 of the entry before it; zeros for the first.
    pub previous_hash: [u8; 32],
    /// SHA-256 over the previous hash and this entry as stored.
    pub hash: [u8; 32],
}
