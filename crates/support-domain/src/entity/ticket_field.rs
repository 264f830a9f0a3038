//! The fields of a ticket by name, to say what changed or what is wrong.

use std::fmt;

use crate::entity::{Handler, Ticket};
use crate::id::AgentId;
use crate::value::PersonName;

macro_rules! ticket_fields {
    ($($(#[$doc:meta])* $variant:ident = $words:literal;)+) => {
        /// A field of a ticket.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum TicketField { $($(#[$doc])* $variant),+ }

        impl TicketField {
            /// Every field.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }

        /// The field in words for people, as in a ticket's history.
        impl fmt::Display for TicketField {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $words),+ })
            }
        }
    };
}

ticket_fields! {
    /// What it is about, in a line.
    Subject = "subject";
    /// What it is about.
    Description = "description";
    /// The kind of matter.
    Category = "category";
    /// How soon it needs attention.
    Priority = "priority";
    /// Where it is in its life.
    Status = "status";
    /// The agent it was assigned to.
    AssignedTo = "assigned agent";
    /// The name of that agent.
    AssignedToName = "assigned agent's name";
    /// The department it belongs to.
    Department = "department";
    /// The agent it was escalated to.
    EscalatedTo = "escalated agent";
    /// The name of that agent.
    EscalatedToName = "escalated agent's name";
    /// How it was resolved.
    Resolution = "resolution";
    /// When it was resolved.
    ResolvedAt = "time of resolution";
    /// Who resolved it.
    ResolvedBy = "resolver";
    /// Labels.
    Tags = "tags";
    /// When staff first wrote a message.
    FirstResponseAt = "time of first response";
    /// Messages in the conversation.
    MessageCount = "message count";
    /// Whether it waits for an agent.
    Waiting = "waiting";
    /// Grows by one with each change.
    Version = "version";
}

impl Ticket {
    /// The fields in which this state differs from an earlier one. What every message and every change moves
    /// along (message count, time of the last message, time of the last change, version) is not named, nor
    /// is waiting, which callers do not see.
    #[must_use]
    pub fn changes_since(&self, before: &Self) -> Vec<TicketField> {
        let id =
            |handler: &Option<Handler>| -> Option<AgentId> { handler.as_ref().map(|handler| handler.id) };
        let name = |handler: &Option<Handler>| -> Option<PersonName> {
            handler.as_ref().map(|handler| handler.name.clone())
        };
        let fields = [
            (TicketField::Subject, self.subject != before.subject),
            (TicketField::Description, self.description != before.description),
            (TicketField::Category, self.category != before.category),
            (TicketField::Priority, self.priority != before.priority),
            (TicketField::Status, self.status != before.status),
            (TicketField::AssignedTo, id(&self.assigned_to) != id(&before.assigned_to)),
            (TicketField::AssignedToName, name(&self.assigned_to) != name(&before.assigned_to)),
            (TicketField::Department, self.department != before.department),
            (TicketField::EscalatedTo, id(&self.escalated_to) != id(&before.escalated_to)),
            (TicketField::EscalatedToName, name(&self.escalated_to) != name(&before.escalated_to)),
            (TicketField::Resolution, self.resolution != before.resolution),
            (TicketField::ResolvedAt, self.resolved_at != before.resolved_at),
            (TicketField::ResolvedBy, self.resolved_by != before.resolved_by),
            (TicketField::Tags, self.tags != before.tags),
            (TicketField::FirstResponseAt, self.first_response_at != before.first_response_at),
        ];
        fields.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
    }
}
