//! What the domain asks of a store: one repository for each kind of row, and one transaction around them.
//!
//! To add a repository: write its trait in a file of its own here, add it to [`Repositories`], implement it
//! in `memory/` and in each adapter under the same file name, and add its cases to `contract/`.
//!
//! The verbs are the same everywhere: `find` (absent is `None`; whether that is an error is the use case's to
//! say), `lock` (find, and keep others from changing it until the transaction ends), `list`, `count`,
//! `insert`, `save`, `append`, `verify`. Every method fails with [`crate::error::StoreError`]; only the
//! variants that say more than "the store failed" are named where they apply.
#![expect(clippy::missing_errors_doc, reason = "the errors that all methods share are told above")]

mod agents;
mod attachments;
mod departments;
mod history;
mod idempotency;
mod messages;
mod notifications;
mod statistics;
mod store;
mod tickets;
mod users;

pub use agents::AgentRepository;
pub use attachments::{AttachmentRepository, PruneCriteria};
pub use departments::DepartmentRepository;
pub use history::HistoryRepository;
pub use idempotency::{ClaimOutcome, IdempotencyRecord, IdempotencyRepository};
pub use messages::{MessageRepository, MessageWindow};
pub use notifications::NotificationRepository;
pub use statistics::{StatisticsFilter, StatisticsRepository};
pub use store::{Repositories, Store, StoreFuture, TransactionFn};
pub use tickets::{
    MAX_COUNT, PageStart, Sort, SortField, TicketCursor, TicketFilter, TicketPage, TicketQuery,
    TicketRepository, Total, WaitingScope,
};
pub use users::UserRepository;

#[cfg(any(test, feature = "mock"))]
pub use self::{
    agents::MockAgentRepository, attachments::MockAttachmentRepository,
    departments::MockDepartmentRepository, history::MockHistoryRepository,
    idempotency::MockIdempotencyRepository, messages::MockMessageRepository,
    notifications::MockNotificationRepository, statistics::MockStatisticsRepository, store::MockRepositories,
    tickets::MockTicketRepository, users::MockUserRepository,
};

/// What every repository method returns.
pub type StoreResult<T> = Result<T, crate::error::StoreError>;
