//! Tickets.

use crate::entity::Ticket;
use crate::id::{AgentId, TicketId, UserId};
use crate::port::StoreResult;
use crate::rules::access::Visibility;
use crate::time::Timestamp;
use crate::value::{Category, DepartmentName, Priority, Status, Tag, TicketNumber};

/// Counting stops here: a list's total is exact up to it.
pub const MAX_COUNT: u64 = 10_000;

/// Keeps tickets.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait TicketRepository {
    /// The next number of `year`: unique and ascending, also under concurrency. Numbers of transactions that
    /// were undone may be missing.
    fn next_number(&mut self, year: i32) -> StoreResult<TicketNumber>;

    /// The ticket with this id.
    fn find(&mut self, id: TicketId) -> StoreResult<Option<Ticket>>;

    /// The ticket with this number.
    fn find_by_number(&mut self, number: TicketNumber) -> StoreResult<Option<Ticket>>;

    /// The ticket with this id, kept from others until the transaction ends. Tickets are locked before
    /// agents.
    fn lock(&mut self, id: TicketId) -> StoreResult<Option<Ticket>>;

    /// Adds a ticket.
    fn insert(&mut self, ticket: &Ticket) -> StoreResult<()>;

    /// Stores a ticket that was locked before.
    fn save(&mut self, ticket: &Ticket) -> StoreResult<()>;

    /// A page of tickets.
    fn list(&mut self, query: &TicketQuery) -> StoreResult<TicketPage>;

    /// The oldest of the most urgent waiting tickets in one of `scopes`. It is not locked.
    fn next_waiting(&mut self, scopes: &[WaitingScope]) -> StoreResult<Option<TicketId>>;

    /// How many active tickets (in progress or escalated) `agent` handles, counted from the tickets
    /// themselves.
    fn count_active(&mut self, agent: AgentId) -> StoreResult<u32>;
}

/// Waiting tickets that one department's agents may get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingScope {
    /// Tickets of this department,
    pub department: DepartmentName,
    /// and tickets without a department in these categories.
    pub categories: Vec<Category>,
}

/// Which tickets, in which order, from where, how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketQuery {
    /// Which.
    pub filter: TicketFilter,
    /// In which order.
    pub sort: Sort,
    /// From where.
    pub start: PageStart,
    /// How many at most, 1 to 200.
    pub limit: u32,
}

/// Which tickets: all conditions must hold; within a list any may. An empty list is no condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketFilter {
    /// Those the actor may see.
    pub visibility: Visibility,
    /// With one of these statuses.
    pub status: Vec<Status>,
    /// With one of these priorities.
    pub priority: Vec<Priority>,
    /// In one of these categories.
    pub category: Vec<Category>,
    /// Assigned to one of these agents.
    pub assigned_to: Vec<AgentId>,
    /// Of one of these departments.
    pub department: Vec<DepartmentName>,
    /// Of one of these customers.
    pub customer: Vec<UserId>,
    /// With one of these tags.
    pub tags: Vec<Tag>,
    /// Assigned to nobody.
    pub unassigned: bool,
    /// Created at or after this.
    pub created_from: Option<Timestamp>,
    /// Created before this.
    pub created_before: Option<Timestamp>,
    /// Every one of these words begins a word of the ticket (see [`crate::search`]).
    pub words: Vec<String>,
}

impl TicketFilter {
    /// Every ticket that may be seen.
    #[must_use]
    pub const fn new(visibility: Visibility) -> Self {
        Self {
            visibility,
            status: Vec::new(),
            priority: Vec::new(),
            category: Vec::new(),
            assigned_to: Vec::new(),
            department: Vec::new(),
            customer: Vec::new(),
            tags: Vec::new(),
            unassigned: false,
            created_from: None,
            created_before: None,
            words: Vec::new(),
        }
    }
}

/// The order of a list. Equal keys are ordered by id, in the same direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub field: SortField,
    /// Largest first.
    pub descending: bool,
}

impl Default for Sort {
    /// Newest first.
    fn default() -> Self {
        Self { field: SortField::CreatedAt, descending: true }
    }
}

/// What a list may be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortField {
    /// Creation.
    CreatedAt,
    /// Last change.
    UpdatedAt,
    /// Priority, low first.
    Priority,
    /// Status, open first.
    Status,
    /// Last message; tickets without one count as oldest.
    LastMessageAt,
}

impl SortField {
    /// Every field.
    pub const ALL: &'static [Self] =
        &[Self::CreatedAt, Self::UpdatedAt, Self::Priority, Self::Status, Self::LastMessageAt];

    /// What `ticket` is ordered by under this field: microseconds or a rank; 0 for no last message.
    #[must_use]
    pub fn key(self, ticket: &Ticket) -> i64 {
        match self {
            Self::CreatedAt => ticket.created_at.as_micros(),
            Self::UpdatedAt => ticket.updated_at.as_micros(),
            Self::Priority => i64::from(ticket.priority.rank()),
            Self::Status => i64::from(ticket.status.rank()),
            Self::LastMessageAt => ticket.last_message_at.unwrap_or(Timestamp::EPOCH).as_micros(),
        }
    }
}

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageStart {
    /// At the beginning.
    First,
    /// Behind the ticket that a cursor names.
    After(TicketCursor),
    /// After this many tickets, at most [`MAX_COUNT`].
    Skip(u32),
}

/// A place in a list: behind the ticket with this key and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketCursor {
    /// The ticket's [`SortField::key`].
    pub key: i64,
    /// The ticket's id.
    pub id: TicketId,
}

/// A page of tickets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketPage {
    /// The tickets in order.
    pub items: Vec<Ticket>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<TicketCursor>,
    /// How many tickets the filter lets through.
    pub total: Total,
}

/// A count that may have stopped at [`MAX_COUNT`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    /// The count.
    pub count: u64,
    /// Whether it is exact.
    pub is_exact: bool,
}
