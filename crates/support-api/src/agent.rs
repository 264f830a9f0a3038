//! Agents.

use serde::{Deserialize, Serialize};
use support_domain::{command, entity};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::choice::AgentStatus;
use crate::schema;
use crate::ticket::Ticket;

/// A member of the support staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Agent {
    /// Their id, which is the `sub` of their token.
    pub id: Uuid,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Their telephone number; empty if unknown.
    pub phone: String,
    /// The department they belong to.
    pub department: String,
    /// Their level in the hierarchy.
    #[schema(value_type = schema::Tier)]
    pub tier: u8,
    /// Tickets in progress or escalated that they handle.
    #[schema(value_type = schema::Count)]
    pub active_tickets: u32,
    /// Whether they take new tickets.
    pub status: AgentStatus,
    /// How many tickets they take.
    #[schema(value_type = schema::Count)]
    pub capacity: u32,
    /// When they last got a ticket.
    #[schema(required = true, value_type = Option<schema::Time>)]
    pub last_assigned_at: Option<String>,
}

impl From<&entity::Agent> for Agent {
    fn from(agent: &entity::Agent) -> Self {
        Self {
            id: agent.id.uuid(),
            name: agent.name.as_str().to_owned(),
            email: agent.email.as_str().to_owned(),
            phone: agent.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
            department: agent.department.as_str().to_owned(),
            tier: agent.tier.get(),
            active_tickets: agent.active_tickets,
            status: agent.status.into(),
            capacity: agent.capacity,
            last_assigned_at: agent.last_assigned_at.map(|time| time.to_string()),
        }
    }
}

/// What an agent has done.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Performance {
    /// Tickets they handled to the end: resolved or closed.
    #[schema(value_type = schema::Count)]
    pub handled: u64,
    /// Tickets they handle now.
    #[schema(value_type = schema::Count)]
    pub open: u64,
    /// Mean time from creation to resolution in seconds.
    #[schema(required = true)]
    pub mean_resolution_seconds: Option<f64>,
}

impl From<&entity::Performance> for Performance {
    fn from(performance: &entity::Performance) -> Self {
        Self {
            handled: performance.handled,
            open: performance.open,
            mean_resolution_seconds: performance.mean_resolution_seconds,
        }
    }
}

/// An agent with what they work on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentDetail {
    /// The agent.
    #[serde(flatten)]
    pub agent: Agent,
    /// The tickets they handle now, the most urgent first, at most 200.
    pub tickets: Vec<Ticket>,
    /// What they have done.
    pub performance: Performance,
}

impl From<&command::AgentDetail> for AgentDetail {
    fn from(detail: &command::AgentDetail) -> Self {
        Self {
            agent: (&detail.agent).into(),
            tickets: detail.tickets.iter().map(Ticket::from).collect(),
            performance: (&detail.performance).into(),
        }
    }
}
