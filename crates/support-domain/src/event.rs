//! What happened, for those who watch. Events leave only after the commit that made them true.

use crate::entity::{Agent, Handler, Message, Ticket, TicketField};
use crate::id::{AgentId, TicketId, UserId};
use crate::value::{AgentStatus, DepartmentName, Status};

/// What lists of tickets are filtered by, as it was before a change: who watched the ticket in a filtered
/// list must hear that it left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketFilterKey {
    /// Where the ticket was in its life.
    pub status: Status,
    /// The department it belonged to.
    pub department: Option<DepartmentName>,
}

impl TicketFilterKey {
    /// The standing of `ticket` as it is.
    #[must_use]
    pub fn of(ticket: &Ticket) -> Self {
        Self { status: ticket.status, department: ticket.department.clone() }
    }
}

/// A change that was committed (`docs/contract.md`, section 4.3).
#[derive(Clone, Debug)]
pub enum Event {
    /// A ticket was created.
    NewTicket {
        /// The ticket.
        ticket: Ticket,
    },
    /// A ticket changed.
    TicketUpdated {
        /// The ticket as it is now.
        ticket: Ticket,
        /// Where it stood before.
        before: TicketFilterKey,
        /// The fields that changed.
        changes: Vec<TicketField>,
    },
    /// A ticket was given to an agent.
    TicketAssigned {
        /// The ticket as it is now.
        ticket: Ticket,
        /// Where it stood before.
        before: TicketFilterKey,
        /// Its handler.
        agent: Agent,
        /// Its handler before.
        previous: Option<Handler>,
    },
    /// A ticket was escalated.
    TicketEscalated {
        /// The ticket as it is now.
        ticket: Ticket,
        /// Where it stood before.
        before: TicketFilterKey,
        /// Its handler.
        agent: Agent,
        /// Its handler before.
        previous: Option<Handler>,
        /// Why.
        reason: String,
    },
    /// A message was written.
    NewMessage {
        /// The message.
        message: Message,
    },
    /// Messages were read.
    MessageRead {
        /// Their ticket.
        ticket_id: TicketId,
        /// Who read them.
        read_by: UserId,
        /// The `sequence` of the last one read.
        up_to: i64,
    },
    /// An agent's availability or workload changed.
    AgentStatusChanged {
        /// The agent.
        agent_id: AgentId,
        /// Their availability now.
        status: AgentStatus,
        /// Their workload now, in tickets.
        active_tickets: u32,
    },
}

impl Event {
    /// The ticket as the event has it, where it has one whole.
    #[must_use]
    pub const fn ticket(&self) -> Option<&Ticket> {
        match self {
            Self::NewTicket { ticket }
            | Self::TicketUpdated { ticket, .. }
            | Self::TicketAssigned { ticket, .. }
            | Self::TicketEscalated { ticket, .. } => Some(ticket),
            Self::NewMessage { .. } | Self::MessageRead { .. } | Self::AgentStatusChanged { .. } => None,
        }
    }
}

/// Takes events to those who watch. Called after the commit, in its order; must not block.
pub trait Publisher: Send + Sync {
    /// Takes the events of one command.
    fn publish(&self, events: &[Event]);
}
