//! What the service tells over a socket (`docs/contract.md`, section 4.3), and its answers there.
//!
//! `new_message` carries a [`Message`] and `new_ticket` a [`Ticket`] as they are.

use serde::{Deserialize, Serialize};
use support_domain::entity;
use support_domain::id::{TicketId, UserId};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::choice::AgentStatus;
use crate::message::Message;
use crate::schema;
use crate::ticket::Ticket;

/// The answer to `join_ticket_room`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Joined {
    /// The ticket as it was when the room was entered.
    pub ticket: Ticket,
    /// The messages behind `after`, or the newest, by `sequence` ascending. The live stream goes on where
    /// they end.
    pub messages: Vec<Message>,
}

/// The answer to `send_message`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageSent {
    /// The message, which is durable; the first one if it was sent under the same name before.
    pub message: Message,
}

/// `ticket_updated`: a ticket changed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketUpdated {
    /// The ticket, at least as new as the change.
    pub ticket: Ticket,
    /// The names of the fields that changed.
    pub changes: Vec<String>,
}

/// `ticket_assigned`, `ticket_escalated`: a ticket has another handler.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketHandedOver {
    /// The ticket, at least as new as the change.
    pub ticket: Ticket,
    /// Who handles it now.
    pub agent: AgentRef,
    /// Who handled it before, if somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub previous_agent: Option<PersonRef>,
    /// Why it was escalated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason: Option<String>,
}

/// An agent as everybody in a room may know them, the customer too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentRef {
    /// Their id.
    pub id: Uuid,
    /// Their name.
    pub name: String,
    /// The department they belong to.
    pub department: String,
    /// Their level in the hierarchy.
    #[schema(value_type = schema::Tier)]
    pub tier: u8,
}

impl From<&entity::Agent> for AgentRef {
    fn from(agent: &entity::Agent) -> Self {
        Self {
            id: agent.id.uuid(),
            name: agent.name.as_str().to_owned(),
            department: agent.department.as_str().to_owned(),
            tier: agent.tier.get(),
        }
    }
}

/// Somebody, by id and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonRef {
    /// Their id.
    pub id: Uuid,
    /// Their name.
    pub name: String,
}

impl From<&entity::Handler> for PersonRef {
    fn from(handler: &entity::Handler) -> Self {
        Self { id: handler.id.uuid(), name: handler.name.as_str().to_owned() }
    }
}

/// `agent_status_changed`: an agent's availability or workload changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentStatusChanged {
    /// The agent.
    pub agent_id: Uuid,
    /// Whether they take new tickets.
    pub status: AgentStatus,
    /// Tickets in progress or escalated that they handle.
    #[schema(value_type = schema::Count)]
    pub active_tickets: u32,
}

/// `typing_indicator`: somebody types, or stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TypingIndicator {
    /// The ticket in whose room.
    pub ticket_id: Uuid,
    /// Who.
    pub user_id: Uuid,
    /// Their name.
    pub name: String,
    /// Whether they type now.
    pub typing: bool,
}

/// `message_read`: messages were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageRead {
    /// The ticket.
    pub ticket_id: Uuid,
    /// Who read them.
    pub read_by: Uuid,
    /// The `sequence` of the last one read.
    #[schema(value_type = schema::Count)]
    pub up_to: i64,
}

impl MessageRead {
    /// What was read of which ticket by whom.
    #[must_use]
    pub const fn new(ticket: TicketId, by: UserId, up_to: i64) -> Self {
        Self { ticket_id: ticket.uuid(), read_by: by.uuid(), up_to }
    }
}

/// `ticket_access_lost`: the receiver may not see a ticket any longer, and was put out of its room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketAccessLost {
    /// The ticket.
    pub ticket_id: Uuid,
}

/// An answer without content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Done {}
