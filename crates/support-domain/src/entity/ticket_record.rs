//! What a ticket consists of: as it is stored, opened and changed.

use crate::id::{AgentId, TicketId, UserId};
use crate::time::Timestamp;
use crate::value::{
    Category, DepartmentName, Description, EmailAddress, PersonName, Phone, Priority, Resolution, Status,
    Subject, Tags, TicketNumber,
};

/// The customer of a ticket, as known when it was created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Their user id.
    pub id: UserId,
    /// Their name.
    pub name: PersonName,
    /// Their e-mail address, if known.
    pub email: Option<EmailAddress>,
    /// Their telephone number, if known.
    pub phone: Option<Phone>,
}

/// An agent as a ticket remembers them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handler {
    /// The agent's id.
    pub id: AgentId,
    /// Their name when they got the ticket.
    pub name: PersonName,
}

/// All that is stored of a ticket. Read it through [`Ticket`](crate::entity::Ticket), which holds only
/// consistent ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketRecord {
    /// Its id.
    pub id: TicketId,
    /// Its number for people.
    pub number: TicketNumber,
    /// Whose it is.
    pub customer: Customer,
    /// What it is about, in a line.
    pub subject: Subject,
    /// What it is about.
    pub description: Description,
    /// The kind of matter.
    pub category: Category,
    /// How soon it needs attention.
    pub priority: Priority,
    /// Where it is in its life.
    pub status: Status,
    /// The agent it was assigned to.
    pub assigned_to: Option<Handler>,
    /// The department it belongs to.
    pub department: Option<DepartmentName>,
    /// The agent it was escalated to, who then handles it.
    pub escalated_to: Option<Handler>,
    /// How it was resolved.
    pub resolution: Option<Resolution>,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
    /// Who resolved it.
    pub resolved_by: Option<UserId>,
    /// When the last message was written.
    pub last_message_at: Option<Timestamp>,
    /// Messages in the conversation, which is the `sequence` of the last one.
    pub message_count: i64,
    /// Labels.
    pub tags: Tags,
    /// When staff first wrote a message.
    pub first_response_at: Option<Timestamp>,
    /// Whether it waits for an agent: open, and assignment was asked for.
    pub waiting: bool,
    /// Grows by one with each change, from 1.
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What a ticket is opened with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTicket {
    /// Its id.
    pub id: TicketId,
    /// Its number for people.
    pub number: TicketNumber,
    /// Whose it is.
    pub customer: Customer,
    /// What it is about, in a line.
    pub subject: Subject,
    /// What it is about.
    pub description: Description,
    /// The kind of matter.
    pub category: Category,
    /// How soon it needs attention.
    pub priority: Priority,
    /// The department it belongs to.
    pub department: Option<DepartmentName>,
    /// Labels.
    pub tags: Tags,
    /// Whether an agent is to be found for it.
    pub waiting: bool,
}

/// New values for what staff may edit; `None` keeps the old one.
#[derive(Clone, Debug, Default)]
pub struct TicketChanges {
    /// A new subject.
    pub subject: Option<Subject>,
    /// A new description.
    pub description: Option<Description>,
    /// A new category.
    pub category: Option<Category>,
    /// A new priority.
    pub priority: Option<Priority>,
    /// A new department.
    pub department: Option<DepartmentName>,
    /// New tags, in place of the old ones.
    pub tags: Option<Tags>,
}

impl TicketChanges {
    /// Whether nothing is to change.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.subject.is_none()
            && self.description.is_none()
            && self.category.is_none()
            && self.priority.is_none()
            && self.department.is_none()
            && self.tags.is_none()
    }
}
