//! What can go wrong, as closed sets: adapters convert exhaustively.

use std::fmt;

use crate::id::AgentId;
use crate::value::{Category, Status};

/// A kind of thing that can be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entity {
    /// A ticket.
    Ticket,
    /// A chat message.
    Message,
    /// An agent.
    Agent,
    /// A department.
    Department,
    /// A user.
    User,
    /// An in-app notification.
    Notification,
    /// A login session.
    Session,
    /// An uploaded file.
    Attachment,
    /// Somebody at an identity provider.
    Identity,
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ticket => "ticket",
            Self::Message => "message",
            Self::Agent => "agent",
            Self::Department => "department",
            Self::User => "user",
            Self::Notification => "notification",
            Self::Session => "session",
            Self::Attachment => "attachment",
            Self::Identity => "identity",
        })
    }
}

/// Why a command was not carried out. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Absent, or not visible to the actor.
    #[error("no such {0}")]
    NotFound(Entity),
    /// The actor's role may not do this.
    #[error("{0}")]
    Forbidden(&'static str),
    /// The rules refuse it.
    #[error(transparent)]
    Refused(#[from] RuleViolation),
    /// Values that do not fit what is stored.
    #[error("invalid input")]
    Invalid(Vec<Violation>),
    /// The ticket is no longer at the version that was asked for.
    #[error("the ticket is at version {current}")]
    VersionMismatch {
        /// The version it is at.
        current: i64,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Error {
    /// One value that does not fit.
    #[must_use]
    pub fn invalid(field: InputField, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![Violation { field, detail: detail.into() }])
    }
}

/// A value of a command that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which value.
    pub field: InputField,
    /// What is wrong with it.
    pub detail: String,
}

/// A part of a command that can only be judged against what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputField {
    /// The agent who is to get a ticket.
    Agent,
    /// The attachment at this place of a message's list, from 0.
    Attachment(usize),
    /// The customer on whose behalf a ticket is opened.
    Customer,
    /// The id of that customer.
    CustomerId,
    /// A department.
    Department,
    /// The role of a new account.
    Role,
}

/// A rule's refusal (`docs/contract.md`, section 3).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleViolation {
    /// Not one of the seven transitions.
    #[error("a ticket that is {from} cannot become {to}")]
    InvalidTransition {
        /// The ticket's status.
        from: Status,
        /// The status that was asked for.
        to: Status,
    },
    /// Work begins by assigning, not by a bare status.
    #[error("an open ticket becomes in-progress by assigning it to an agent")]
    AssigneeRequired,
    /// A ticket is escalated to somebody, not by a bare status.
    #[error("a ticket becomes escalated by escalating it to an agent")]
    EscalationRequired,
    /// Closed is final.
    #[error("the ticket is closed")]
    TicketClosed,
    /// No agent can take the ticket.
    #[error("no available agent can take the ticket")]
    NoAgentAvailable,
    /// The agent is away.
    #[error("the agent is away")]
    AgentAway,
    /// The agent has as many tickets as they take.
    #[error("the agent has {active} active tickets and a capacity of {capacity}")]
    AgentAtCapacity {
        /// Tickets the agent handles.
        active: u32,
        /// Tickets the agent takes.
        capacity: u32,
    },
    /// Nobody above the handler can take the ticket.
    #[error("nobody of a higher tier can take the ticket")]
    NoEscalationTarget,
    /// The named agent is not above the handler.
    #[error("the agent's tier {target} is not above the handler's tier {handler}")]
    TierTooLow {
        /// The tier that counts for the target.
        target: u8,
        /// The handler's tier.
        handler: u8,
    },
    /// Nobody handles the ticket.
    #[error("nobody handles the ticket")]
    NoHandler,
    /// Another account has the e-mail address.
    #[error("the e-mail address is taken")]
    EmailTaken,
    /// Another department has the name.
    #[error("the department name is taken")]
    DepartmentNameTaken,
    /// Another department serves the category.
    #[error("the category {category} is served by another department")]
    CategoryTaken {
        /// The category.
        category: Category,
    },
    /// The actor has as many files waiting to be sent as one may have.
    #[error("{most} uploaded files wait to be sent with a message already")]
    TooManyUploads {
        /// The most files that may wait.
        most: u64,
    },
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    IdempotencyKeyReused,
}

/// Why a store could not do what it was asked. Closed: adapters map every failure of theirs to one of these.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A value that must be unique is taken.
    #[error("another {entity} has the same {field}")]
    Conflict {
        /// The kind of row.
        entity: Entity,
        /// The column's name.
        field: &'static str,
    },
    /// The database cannot be reached, or did not answer in time; the same call may succeed later.
    #[error("the database is unavailable")]
    Unavailable,
    /// The queue in front of the database is full; the same call may succeed later.
    #[error("the database is overloaded")]
    Overloaded,
    /// A stored value cannot be what was stored.
    #[error("damaged value in {table}.{column} of row {row}")]
    Corrupt {
        /// The table's name.
        table: &'static str,
        /// The column's name.
        column: &'static str,
        /// The row's id.
        row: String,
    },
    /// A fault in the program or the schema. The text is for the log, not for callers.
    #[error("internal store failure: {0}")]
    Internal(String),
}

/// The handler of a ticket must exist: a missing row is damage, not a caller's mistake.
pub(crate) fn missing_agent(id: AgentId) -> Error {
    Error::Store(StoreError::Corrupt { table: "agents", column: "id", row: id.to_string() })
}
