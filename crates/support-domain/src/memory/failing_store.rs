//! A store in memory that fails at a chosen call, to see what a use case leaves behind then.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, StoreError};
use crate::memory::state::State;
use crate::port::{
    AgentRepository, AttachmentRepository, DepartmentRepository, HistoryRepository, IdempotencyRepository,
    MessageRepository, MockAgentRepository, MockAttachmentRepository, MockDepartmentRepository,
    MockHistoryRepository, MockIdempotencyRepository, MockMessageRepository, MockNotificationRepository,
    MockRepositories, MockStatisticsRepository, MockTicketRepository, MockUserRepository,
    NotificationRepository, StatisticsRepository, Store, StoreFuture, StoreResult, TicketRepository,
    TransactionFn, UserRepository,
};

/// Keeps everything in memory, and fails at one call of a repository.
pub(crate) struct FailingStore(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    /// Calls that are left until one fails.
    left: AtomicUsize,
    /// Transactions since it was last said when to fail.
    transactions: AtomicUsize,
    /// The transaction in which a call failed, from 1; 0 for none.
    failed_in: AtomicUsize,
}

impl FailingStore {
    /// A store that does not fail yet.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Shared {
            state: Mutex::default(),
            left: AtomicUsize::new(usize::MAX),
            transactions: AtomicUsize::new(0),
            failed_in: AtomicUsize::new(0),
        }))
    }

    /// Has the call fail that comes after `calls` others.
    pub(crate) fn fail_after(&self, calls: usize) {
        self.0.left.store(calls, Ordering::SeqCst);
        self.0.transactions.store(0, Ordering::SeqCst);
        self.0.failed_in.store(0, Ordering::SeqCst);
    }

    /// The transaction since then in which a call failed, from 1.
    pub(crate) fn failed_in(&self) -> Option<usize> {
        Some(self.0.failed_in.load(Ordering::SeqCst)).filter(|transaction| *transaction > 0)
    }

    /// All that is stored.
    pub(crate) fn snapshot(&self) -> String {
        format!("{:?}", *self.0.state())
    }

    fn run(&self, mut job: TransactionFn, durable: bool) -> Result<(), Error> {
        self.0.transactions.fetch_add(1, Ordering::SeqCst);
        let outcome = job(&mut repositories(&self.0));
        let mut state = self.0.state();
        if durable && outcome.is_ok() {
            state.keep();
        } else {
            state.undo();
        }
        outcome
    }
}

impl Store for FailingStore {
    fn write(&self, job: TransactionFn) -> StoreFuture<'_> {
        Box::pin(async move { self.run(job, true) })
    }

    fn read(&self, job: TransactionFn) -> StoreFuture<'_> {
        Box::pin(async move { self.run(job, false) })
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn call<T>(&self, run: impl FnOnce(&mut State) -> StoreResult<T>) -> StoreResult<T> {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 0 {
            self.left.store(usize::MAX, Ordering::SeqCst);
            self.failed_in.store(self.transactions.load(Ordering::SeqCst), Ordering::SeqCst);
            return Err(StoreError::Unavailable);
        }
        run(&mut self.state())
    }
}

/// A mock of a repository whose every method does what the state does, unless it is to fail.
macro_rules! failing {
    ($shared:ident, $mock:ident for $port:ident { $($expect:ident $method:ident($($argument:ident),*);)+ }) => {{
        let mut mock = $mock::new();
        $({
            let shared = Arc::clone($shared);
            mock.$expect().returning(move |$($argument),*| {
                shared.call(|state| $port::$method(state, $($argument),*))
            });
        })+
        Box::new(mock)
    }};
}

fn repositories(shared: &Arc<Shared>) -> MockRepositories {
    let mut tx = MockRepositories::new();
    add_tickets(&mut tx, shared);
    add_people(&mut tx, shared);
    add_the_rest(&mut tx, shared);
    tx
}

/// Tickets and what is written and kept of them.
fn add_tickets(tx: &mut MockRepositories, shared: &Arc<Shared>) {
    tx.expect_tickets().return_var(failing!(shared, MockTicketRepository for TicketRepository {
        expect_next_number next_number(year);
        expect_find find(id);
        expect_find_by_number find_by_number(number);
        expect_lock lock(id);
        expect_insert insert(ticket);
        expect_save save(ticket);
        expect_list list(query);
        expect_next_waiting next_waiting(scopes);
        expect_count_active count_active(agent);
    }));
    tx.expect_messages().return_var(failing!(shared, MockMessageRepository for MessageRepository {
        expect_append append(message);
        expect_find_by_client_id find_by_client_id(ticket, sender, id);
        expect_list list(ticket, window, limit);
        expect_mark_read mark_read(ticket, senders, sequence);
    }));
    tx.expect_attachments().return_var(failing!(shared, MockAttachmentRepository for AttachmentRepository {
        expect_find find(id);
        expect_lock lock(ids);
        expect_list list(ids);
        expect_count_waiting count_waiting(uploaded_by);
        expect_insert insert(upload);
        expect_save save(upload);
        expect_prune prune(stale, limit);
    }));
    tx.expect_history().return_var(failing!(shared, MockHistoryRepository for HistoryRepository {
        expect_append append(entry);
        expect_list list(ticket, after, limit);
        expect_verify verify(ticket, known);
        expect_list_tickets list_tickets(after, limit);
    }));
}

/// People and their departments.
fn add_people(tx: &mut MockRepositories, shared: &Arc<Shared>) {
    tx.expect_agents().return_var(failing!(shared, MockAgentRepository for AgentRepository {
        expect_find find(id);
        expect_lock lock(ids);
        expect_lock_candidates lock_candidates(department, also);
        expect_list list();
        expect_insert insert(agent);
        expect_save save(agent);
    }));
    tx.expect_departments().return_var(failing!(shared, MockDepartmentRepository for DepartmentRepository {
        expect_lock lock(id);
        expect_list list();
        expect_insert insert(department);
        expect_save save(department);
    }));
    tx.expect_users().return_var(failing!(shared, MockUserRepository for UserRepository {
        expect_find find(id);
        expect_find_customer find_customer(email);
        expect_insert insert(user);
        expect_insert_if_absent insert_if_absent(user);
        expect_save save(user);
    }));
}

/// What goes out, what may be repeated, and figures.
fn add_the_rest(tx: &mut MockRepositories, shared: &Arc<Shared>) {
    tx.expect_notifications().return_var(
        failing!(shared, MockNotificationRepository for NotificationRepository {
            expect_insert insert(notification);
            expect_list list(user, before, limit);
            expect_mark_read mark_read(user, id, now);
            expect_enqueue enqueue(delivery);
        }),
    );
    tx.expect_idempotency().return_var(
        failing!(shared, MockIdempotencyRepository for IdempotencyRepository {
            expect_claim claim(record);
            expect_prune prune(before);
        }),
    );
    tx.expect_statistics().return_var(failing!(shared, MockStatisticsRepository for StatisticsRepository {
        expect_statistics statistics(period);
        expect_performance performance(agent);
        expect_distribution distribution(department);
    }));
}
