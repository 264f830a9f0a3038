//! The repositories, written once and compiled for each database: `sqlite/` and `postgres/` include this
//! folder and supply `dialect`, the few things that differ.
//!
//! To add a repository: its rows go to `rows/`, its queries to a file here named as its port's, and its
//! method into `impl Repositories` or `impl AuthRepositories` below.

mod accounts;
mod agents;
mod attachments;
mod data_keys;
mod departments;
mod history;
mod idempotency;
mod identities;
pub(super) mod keyring;
mod messages;
mod notifications;
mod pending;
pub(super) mod rotation;
mod second_factors;
mod sessions;
mod statistics;
mod ticket_pages;
mod tickets;
mod users;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::result::{Error as DieselError, QueryResult};
use support_auth::port::{
    AccountRepository, AuthRepositories, IdentityRepository, SecondFactorRepository, SessionRepository,
};
use support_domain::entity::Agent;
use support_domain::error::StoreError;
use support_domain::id::{AgentId, TicketId, UserId};
use support_domain::port::{
    AgentRepository, AttachmentRepository, DepartmentRepository, HistoryRepository, IdempotencyRepository,
    MessageRepository, NotificationRepository, Repositories, StatisticsRepository, StoreResult,
    TicketRepository, UserRepository,
};

use super::dialect::Connection;
use crate::crypto::{ColumnCrypto, DataKey};
use crate::error::{Fault, translate};
use crate::job::{Job, Undone};
use crate::rows::{HistoryRow, MessageRow, NotificationRow, OutboxRow, StoredTicket};
use crate::work::{Access, Outcome};

/// A ticket that this transaction has locked or made.
struct TrackedTicket {
    /// As in the database; `None` before it was added.
    stored: Option<StoredTicket>,
    /// As it is to be.
    current: StoredTicket,
}

/// All repositories of one transaction.
///
/// Changes of tickets and agents, and new messages, history entries, notifications and deliveries wait here
/// and are sent together: before something is read that they could change, and at the end. So a ticket that
/// changes three times is written once, and what a command writes takes one round trip where the database
/// allows.
pub(super) struct Tx<'c> {
    conn: &'c mut Connection,
    access: Access,
    /// The worst thing that a statement of this transaction met.
    fault: Option<Fault>,
    tickets: BTreeMap<TicketId, TrackedTicket>,
    /// Agents that this transaction knows to exist.
    known_agents: BTreeSet<AgentId>,
    agents: BTreeMap<AgentId, Agent>,
    messages: Vec<MessageRow>,
    history: Vec<HistoryRow>,
    notifications: Vec<NotificationRow>,
    outbox: Vec<OutboxRow>,
    /// Tickets for which a request was claimed, and which must exist in the end.
    claimed: Vec<TicketId>,
    crypto: &'c ColumnCrypto,
    /// The epoch of the keys in which this began.
    epoch: u64,
    /// Data keys that this transaction read or made.
    data_keys: HashMap<UserId, DataKey>,
    /// The customers of tickets that this transaction has seen.
    customers: HashMap<TicketId, UserId>,
    /// Whether this transaction replaced a data key.
    replaced_key: bool,
}

impl<'c> Tx<'c> {
    /// The repositories of the transaction that was begun on `conn`.
    pub(super) fn new(conn: &'c mut Connection, access: Access, crypto: &'c ColumnCrypto) -> Self {
        Self {
            conn,
            access,
            fault: None,
            tickets: BTreeMap::new(),
            known_agents: BTreeSet::new(),
            agents: BTreeMap::new(),
            messages: Vec::new(),
            history: Vec::new(),
            notifications: Vec::new(),
            outbox: Vec::new(),
            claimed: Vec::new(),
            epoch: crypto.epoch(),
            crypto,
            data_keys: HashMap::new(),
            customers: HashMap::new(),
            replaced_key: false,
        }
    }

    /// Does `job` and sends what is left to send.
    pub(super) fn carry_out(mut self, job: &mut Job) -> Outcome {
        let ready = self.know_keys();
        let done =
            ready.map_err(Undone::from).and_then(|()| job(&mut self)).and_then(|()| Ok(self.finish()?));
        let result = match (done, self.fault) {
            (Ok(()), Some(Fault::Failed)) => {
                Err(StoreError::Internal("a job went on after a failed statement".to_owned()).into())
            }
            (Ok(()), Some(Fault::Broken | Fault::Retry)) => Err(StoreError::Unavailable.into()),
            (done, _) => done,
        };
        Outcome { result, fault: self.fault, replaced_key: self.replaced_key }
    }

    /// Reads the encryption keys again when that was a while ago: rotation may have added one.
    fn know_keys(&mut self) -> StoreResult<()> {
        if self.crypto.is_stale() {
            let crypto = self.crypto;
            let (keyring, _) = self.run(|conn| keyring::load(conn, crypto))?;
            crypto.adopt(keyring);
            self.epoch = crypto.epoch();
        }
        Ok(())
    }

    /// Runs statements; a failure is translated and noted.
    fn run<T>(&mut self, work: impl FnOnce(&mut Connection) -> QueryResult<T>) -> StoreResult<T> {
        work(self.conn).map_err(|error| self.note(error))
    }

    fn note(&mut self, error: DieselError) -> StoreError {
        let (fault, error) = translate(error);
        if !matches!(self.fault, Some(Fault::Broken | Fault::Retry)) {
            self.fault = Some(fault);
        }
        error
    }

    /// Refuses a change in a transaction that only reads.
    fn writable(&self) -> StoreResult<()> {
        match self.access {
            Access::Write => Ok(()),
            Access::Read => Err(StoreError::Internal("a read may not change anything".to_owned())),
        }
    }
}

impl Repositories for Tx<'_> {
    fn tickets(&mut self) -> &mut dyn TicketRepository {
        self
    }

    fn messages(&mut self) -> &mut dyn MessageRepository {
        self
    }

    fn attachments(&mut self) -> &mut dyn AttachmentRepository {
        self
    }

    fn history(&mut self) -> &mut dyn HistoryRepository {
        self
    }

    fn agents(&mut self) -> &mut dyn AgentRepository {
        self
    }

    fn departments(&mut self) -> &mut dyn DepartmentRepository {
        self
    }

    fn users(&mut self) -> &mut dyn UserRepository {
        self
    }

    fn notifications(&mut self) -> &mut dyn NotificationRepository {
        self
    }

    fn idempotency(&mut self) -> &mut dyn IdempotencyRepository {
        self
    }

    fn statistics(&mut self) -> &mut dyn StatisticsRepository {
        self
    }
}

impl AuthRepositories for Tx<'_> {
    fn accounts(&mut self) -> &mut dyn AccountRepository {
        self
    }

    fn sessions(&mut self) -> &mut dyn SessionRepository {
        self
    }

    fn second_factors(&mut self) -> &mut dyn SecondFactorRepository {
        self
    }

    fn identities(&mut self) -> &mut dyn IdentityRepository {
        self
    }
}
