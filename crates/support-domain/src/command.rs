//! What can be asked of the desk, and what it returns.

use crate::entity::{Agent, Department, Message, Performance, Ticket, TicketChanges, Tier};
use crate::id::{AgentId, AttachmentId, TicketId, UserId};
pub use crate::rules::transition::StatusChange;
use crate::value::{
    AgentStatus, Category, Channel, ClientMessageId, DepartmentName, Description, EmailAddress, FileKey,
    Fingerprint, IdempotencyKey, MessageText, PasswordHash, PersonName, Phone, Priority, Reason, Role,
    Status, Subject, Tags, TicketNumber,
};

/// How a caller names a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketKey {
    /// By its id.
    Id(TicketId),
    /// By its number.
    Number(TicketNumber),
}

impl TicketKey {
    /// Reads an id or a number; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        TicketId::parse(text).map(Self::Id).or_else(|| TicketNumber::parse(text).map(Self::Number))
    }
}

impl From<TicketId> for TicketKey {
    fn from(id: TicketId) -> Self {
        Self::Id(id)
    }
}

/// Opens a ticket.
#[derive(Clone, Debug)]
pub struct CreateTicket {
    /// What it is about, in a line.
    pub subject: Subject,
    /// What it is about.
    pub description: Description,
    /// The kind of matter.
    pub category: Category,
    /// How soon it needs attention.
    pub priority: Priority,
    /// The department it goes to; without one, the department that serves the category counts.
    pub department: Option<DepartmentName>,
    /// Labels.
    pub tags: Tags,
    /// Whose it is: given by staff alone, who must.
    pub customer: Option<NewCustomer>,
    /// Whether the assignment rule is to find an agent.
    pub auto_assign: bool,
    /// The caller's name for the request, and its content's hash.
    pub idempotency: Option<(IdempotencyKey, Fingerprint)>,
}

/// A customer on whose behalf staff opens a ticket. Without an id, the customer with the address is meant, or
/// a new one.
#[derive(Clone, Debug)]
pub struct NewCustomer {
    /// Their id.
    pub id: Option<UserId>,
    /// Their name.
    pub name: PersonName,
    /// Their e-mail address.
    pub email: EmailAddress,
    /// Their telephone number.
    pub phone: Option<Phone>,
}

/// The answer to [`CreateTicket`].
#[derive(Clone, Debug)]
pub struct CreateOutcome {
    /// The ticket.
    pub ticket: Ticket,
    /// Whether it was there already, made by the same request before.
    pub repeated: bool,
}

/// Changes a ticket's details and status.
#[derive(Clone, Debug, Default)]
pub struct UpdateTicket {
    /// New details.
    pub details: TicketChanges,
    /// A new status.
    pub status: Option<StatusChange>,
    /// The version the ticket must be at.
    pub expected_version: Option<i64>,
}

/// Gives a ticket to an agent.
#[derive(Clone, Copy, Debug)]
pub struct AssignTicket {
    /// The ticket.
    pub ticket: TicketKey,
    /// The agent; without one, the assignment rule picks.
    pub agent: Option<AgentId>,
    /// Whether the named agent gets it over capacity too.
    pub force: bool,
}

/// Gives a ticket to a higher tier.
#[derive(Clone, Debug)]
pub struct EscalateTicket {
    /// The ticket.
    pub ticket: TicketKey,
    /// Why.
    pub reason: Reason,
    /// To whom.
    pub to: EscalateTo,
}

/// To whom a ticket is escalated.
#[derive(Clone, Debug)]
pub enum EscalateTo {
    /// A named agent.
    Agent(AgentId),
    /// The best agent of a department.
    Department(DepartmentName),
    /// The best agent of a tier.
    Tier(Tier),
    /// The next tier up.
    Next,
}

/// Tells somebody about a ticket by hand.
#[derive(Clone, Debug)]
pub struct Notify {
    /// The ticket.
    pub ticket: TicketKey,
    /// Whom.
    pub to: Recipient,
    /// What.
    pub message: MessageText,
    /// How; nothing means in the app.
    pub channels: Vec<Channel>,
}

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// The ticket's customer.
    Customer,
    /// The ticket's handler.
    Agent,
}

/// Writes a message.
#[derive(Clone, Debug)]
pub struct SendMessage {
    /// The ticket.
    pub ticket: TicketKey,
    /// The text.
    pub text: MessageText,
    /// The sender's own name for it, by which a repetition is recognised.
    pub client_message_id: Option<ClientMessageId>,
    /// Files that were uploaded to the ticket before.
    pub attachments: Vec<AttachmentId>,
}

/// The answer to [`SendMessage`].
#[derive(Clone, Debug)]
pub struct SendOutcome {
    /// The message.
    pub message: Message,
    /// Whether it was there already, sent under the same name before.
    pub repeated: bool,
}

/// Writes down an uploaded file.
#[derive(Clone)]
pub struct AddAttachment {
    /// The ticket.
    pub ticket: TicketKey,
    /// Its id, under which its bytes are stored.
    pub id: AttachmentId,
    /// Its name, cleaned.
    pub name: String,
    /// Its media type, as its bytes say.
    pub media_type: String,
    /// Its size in bytes.
    pub size: i64,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// The key by which they are read.
    pub key: FileKey,
    /// Whether a scanner found it to be harmful.
    pub is_quarantined: bool,
}

/// Names of files say much about people, so they are left out.
impl std::fmt::Debug for AddAttachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AddAttachment")
            .field("ticket", &self.ticket)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Adds somebody who logs in with a password: a customer or an administrator.
#[derive(Clone, Debug)]
pub struct CreateUser {
    /// What they may do.
    pub role: Role,
    /// Their name.
    pub name: PersonName,
    /// Their address, which they log in with.
    pub email: EmailAddress,
    /// Their telephone number.
    pub phone: Option<Phone>,
    /// Their password's hash.
    pub password: PasswordHash,
}

/// Adds an agent.
#[derive(Clone, Debug)]
pub struct CreateAgent {
    /// Their name.
    pub name: PersonName,
    /// Their address, which they log in with.
    pub email: EmailAddress,
    /// Their telephone number.
    pub phone: Option<Phone>,
    /// Their department.
    pub department: DepartmentName,
    /// Their level.
    pub tier: Tier,
    /// How many tickets they take, at most [`crate::entity::MAX_CAPACITY`].
    pub capacity: u32,
    /// Whether they take new tickets.
    pub status: AgentStatus,
    /// Their password's hash, if they may log in.
    pub password: Option<PasswordHash>,
}

/// Changes an agent. `None` keeps what is.
#[derive(Clone, Debug, Default)]
pub struct UpdateAgent {
    /// A new name.
    pub name: Option<PersonName>,
    /// A new telephone number; `Some(None)` removes it.
    pub phone: Option<Option<Phone>>,
    /// A new department.
    pub department: Option<DepartmentName>,
    /// A new level.
    pub tier: Option<Tier>,
    /// A new capacity, at most [`crate::entity::MAX_CAPACITY`].
    pub capacity: Option<u32>,
    /// A new availability.
    pub status: Option<AgentStatus>,
}

impl UpdateAgent {
    /// Whether nothing but the availability is to change.
    #[must_use]
    pub const fn is_status_only(&self) -> bool {
        self.name.is_none()
            && self.phone.is_none()
            && self.department.is_none()
            && self.tier.is_none()
            && self.capacity.is_none()
    }
}

/// Which agents. Within a list any may match; an empty list is no condition.
#[derive(Clone, Debug, Default)]
pub struct AgentFilter {
    /// Of one of these departments.
    pub department: Vec<DepartmentName>,
    /// With one of these availabilities.
    pub status: Vec<AgentStatus>,
    /// Of one of these levels.
    pub tier: Vec<Tier>,
    /// Every one of these words begins a word of the name or the address (see
    /// [`crate::search::query_words`]).
    pub words: Vec<String>,
}

/// An agent with what they work on.
#[derive(Clone, Debug)]
pub struct AgentDetail {
    /// The agent.
    pub agent: Agent,
    /// The tickets they handle now, the most urgent first, at most 200.
    pub tickets: Vec<Ticket>,
    /// What they have done.
    pub performance: Performance,
}

/// Adds a department.
#[derive(Clone, Debug)]
pub struct CreateDepartment {
    /// Its name.
    pub name: DepartmentName,
    /// What it is for.
    pub description: String,
    /// Its level.
    pub tier: Tier,
    /// The categories it serves.
    pub categories: Vec<Category>,
}

/// Changes a department. `None` keeps what is.
#[derive(Clone, Debug, Default)]
pub struct UpdateDepartment {
    /// A new name.
    pub name: Option<DepartmentName>,
    /// A new description.
    pub description: Option<String>,
    /// A new level.
    pub tier: Option<Tier>,
    /// The categories it serves, in place of the old ones.
    pub categories: Option<Vec<Category>>,
}

/// A department with who works in it and what it has to do.
#[derive(Clone, Debug)]
pub struct DepartmentDetail {
    /// The department.
    pub department: Department,
    /// Its agents.
    pub agents: Vec<Agent>,
    /// Its tickets by status.
    pub distribution: Vec<(Status, u64)>,
}
