//! The fields of a ticket by name, to say what changed or what is wrong.

use std::fmt;

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
