//! A store at work, as cases see it.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::contract::{block_on, sample};
use crate::entity::{Agent, HistoryEntry, Message, Ticket};
use crate::error::{Error, StoreError};
use crate::id::{AgentId, TicketId};
use crate::port::{MessageWindow, Repositories, Store, TicketPage, TicketQuery, TransactionFn};

/// A store, and short ways to use it.
pub(crate) struct Scene {
    store: Arc<dyn Store>,
}

impl Scene {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// Runs `job` in a transaction that must succeed.
    #[track_caller]
    pub(super) fn write<T, E>(
        &self,
        job: impl FnMut(&mut dyn Repositories) -> Result<T, E> + Send + 'static,
    ) -> T
    where
        T: Send + 'static,
        E: Into<Error>,
    {
        self.try_write(job).expect("the store writes")
    }

    /// Runs `job` in a transaction.
    pub(super) fn try_write<T, E>(
        &self,
        job: impl FnMut(&mut dyn Repositories) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Error>
    where
        T: Send + 'static,
        E: Into<Error>,
    {
        let answer = Arc::new(Mutex::new(None));
        block_on(self.store.write(answering(job, &answer)))?;
        Ok(taken(&answer))
    }

    /// Runs `job` in a transaction that must fail by the store's own doing, and returns how.
    #[track_caller]
    pub(super) fn refusal<T, E>(
        &self,
        job: impl FnMut(&mut dyn Repositories) -> Result<T, E> + Send + 'static,
    ) -> StoreError
    where
        T: Send + Debug + 'static,
        E: Into<Error>,
    {
        match self.try_write(job).expect_err("the store refuses") {
            Error::Store(error) => error,
            other => panic!("expected a failure of the store, got {other:?}"),
        }
    }

    /// Runs `job` on one state of the store, which must succeed.
    #[track_caller]
    pub(super) fn read<T, E>(
        &self,
        job: impl FnMut(&mut dyn Repositories) -> Result<T, E> + Send + 'static,
    ) -> T
    where
        T: Send + 'static,
        E: Into<Error>,
    {
        let answer = Arc::new(Mutex::new(None));
        block_on(self.store.read(answering(job, &answer))).expect("the store reads");
        taken(&answer)
    }

    /// Runs a bare job, with no answer but its outcome.
    pub(super) fn run(&self, job: TransactionFn) -> Result<(), Error> {
        block_on(self.store.write(job))
    }

    /// Runs a bare reading job, with no answer but its outcome.
    pub(super) fn run_reading(&self, job: TransactionFn) -> Result<(), Error> {
        block_on(self.store.read(job))
    }

    /// Runs `work` in `count` threads at once and returns what each brought, by its number from 0.
    pub(super) fn in_threads<T: Send>(&self, count: u64, work: impl Fn(&Self, u64) -> T + Sync) -> Vec<T> {
        let work = &work;
        thread::scope(|scope| {
            let threads: Vec<_> = (0..count).map(|n| scope.spawn(move || work(self, n))).collect();
            threads.into_iter().map(|thread| thread.join().expect("the thread ends well")).collect()
        })
    }

    /// Adds the departments, users and agents of [`sample`], on whom everything else may rely.
    pub(super) fn seed(&self) {
        self.write(|tx| {
            for department in sample::departments() {
                tx.departments().insert(&department)?;
            }
            for user in sample::users() {
                tx.users().insert(&user)?;
            }
            for agent in sample::agents() {
                tx.agents().insert(&agent)?;
            }
            Ok::<_, StoreError>(())
        });
    }

    /// Adds tickets in one transaction.
    pub(super) fn insert(&self, tickets: &[Ticket]) {
        let tickets = tickets.to_vec();
        self.write(move |tx| tickets.iter().try_for_each(|ticket| tx.tickets().insert(ticket)));
    }

    /// The ticket with this id, which must exist.
    #[track_caller]
    pub(super) fn ticket(&self, id: TicketId) -> Ticket {
        self.read(move |tx| tx.tickets().find(id)).expect("the ticket exists")
    }

    /// The agent with this id, who must exist.
    #[track_caller]
    pub(super) fn agent(&self, id: AgentId) -> Agent {
        self.read(move |tx| tx.agents().find(id)).expect("the agent exists")
    }

    /// A page of tickets.
    pub(super) fn list(&self, query: &TicketQuery) -> TicketPage {
        let query = query.clone();
        self.read(move |tx| tx.tickets().list(&query))
    }

    /// Writes messages into their tickets in one transaction, as the desk does: each ticket is locked and its
    /// messages are counted. Their sequences must be the next ones.
    pub(super) fn say(&self, messages: &[Message]) {
        let messages = messages.to_vec();
        self.write(move |tx| {
            for message in &messages {
                let ticket = tx.tickets().lock(message.ticket_id)?.expect("the ticket exists");
                let ticket = ticket.count_message(false, message.created_at)?;
                assert_eq!(ticket.message_count, message.sequence, "the case numbers its messages");
                tx.tickets().save(&ticket)?;
                tx.messages().append(message)?;
            }
            Ok::<_, Error>(())
        });
    }

    /// Messages of a ticket.
    pub(super) fn messages(&self, ticket: TicketId, window: MessageWindow, limit: u32) -> Vec<Message> {
        self.read(move |tx| tx.messages().list(ticket, window, limit))
    }

    /// The whole history of a ticket.
    pub(super) fn history(&self, ticket: TicketId) -> Vec<HistoryEntry> {
        self.read(move |tx| tx.history().list(ticket, 0, 10_000))
    }
}

/// Whether the same call may succeed later: no answer to a caller's mistake.
pub(super) const fn refusal_may_pass(refusal: &StoreError) -> bool {
    matches!(refusal, StoreError::Unavailable | StoreError::Overloaded)
}

/// A job that keeps what `job` answered last.
fn answering<T, E>(
    mut job: impl FnMut(&mut dyn Repositories) -> Result<T, E> + Send + 'static,
    answer: &Arc<Mutex<Option<T>>>,
) -> TransactionFn
where
    T: Send + 'static,
    E: Into<Error>,
{
    let answer = Arc::clone(answer);
    Box::new(move |tx| {
        let value = job(tx).map_err(Into::into)?;
        *answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        Ok(())
    })
}

#[track_caller]
fn taken<T>(answer: &Mutex<Option<T>>) -> T {
    answer
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take()
        .expect("a store that answers has run the job")
}
