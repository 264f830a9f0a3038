//! The store: transactions over the repositories.

use std::future::Future;
use std::pin::Pin;

use crate::error::Error;
use crate::port::{
    AgentRepository, AttachmentRepository, DepartmentRepository, HistoryRepository, IdempotencyRepository,
    MessageRepository, NotificationRepository, StatisticsRepository, TicketRepository, UserRepository,
};

/// All repositories of one transaction.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait Repositories {
    /// Tickets.
    fn tickets(&mut self) -> &mut dyn TicketRepository;
    /// Chat messages.
    fn messages(&mut self) -> &mut dyn MessageRepository;
    /// Uploaded files, without their bytes.
    fn attachments(&mut self) -> &mut dyn AttachmentRepository;
    /// Tickets' histories.
    fn history(&mut self) -> &mut dyn HistoryRepository;
    /// Agents.
    fn agents(&mut self) -> &mut dyn AgentRepository;
    /// Departments.
    fn departments(&mut self) -> &mut dyn DepartmentRepository;
    /// Users.
    fn users(&mut self) -> &mut dyn UserRepository;
    /// In-app notifications and the outbox.
    fn notifications(&mut self) -> &mut dyn NotificationRepository;
    /// Requests that may be repeated.
    fn idempotency(&mut self) -> &mut dyn IdempotencyRepository;
    /// Figures.
    fn statistics(&mut self) -> &mut dyn StatisticsRepository;
}

/// The work of one transaction. A store may run it again after a deadlock or a lost race, so it must begin
/// afresh each time and do nothing outside its repositories that cannot be repeated.
pub type TransactionFn = Box<dyn FnMut(&mut dyn Repositories) -> Result<(), Error> + Send>;

/// The end of a transaction.
pub type StoreFuture<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

/// Runs transactions. Object-safe, so that the desk need not know its database.
pub trait Store: Send + Sync {
    /// Runs `job` in a transaction that is durable once this returns `Ok`, and undone otherwise.
    ///
    /// # Errors
    /// What the job answered; [`crate::error::StoreError::Unavailable`] or
    /// [`crate::error::StoreError::Overloaded`] when it could not run.
    fn write(&self, job: TransactionFn) -> StoreFuture<'_>;

    /// Runs `job` on one consistent state of the store, in which every earlier write is visible. Changes are
    /// refused or undone.
    ///
    /// # Errors
    /// As [`Store::write`].
    fn read(&self, job: TransactionFn) -> StoreFuture<'_>;
}
