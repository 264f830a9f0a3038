//! The store on PostgreSQL: threads that each run one transaction at a time.

mod connection;
mod dialect;
#[cfg(test)]
mod plans;
#[path = "../queries/mod.rs"]
mod queries;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use support_auth::port::{AuthStore, AuthStoreFuture, AuthTransactionFn};
use support_domain::port::{Store, StoreFuture, TransactionFn};

use self::queries::rotation::Rotator;
use crate::crypto::{ColumnCrypto, MasterKey};
use crate::error::OpenError;
use crate::options::Options;
use crate::rotation::KeyRotation;
use crate::work::{Access, Queue};

/// How long a data key is used before it is read again. An erasure on another node is known here so much
/// later.
const TRUSTED: Duration = Duration::from_secs(10);

/// A store in a PostgreSQL database.
#[derive(Debug)]
pub struct PostgresStore {
    queue: Queue,
}

impl PostgresStore {
    /// Connects to the database at `url` and brings it to this version's schema.
    ///
    /// # Errors
    /// [`OpenError`] when the server cannot be reached, does not let the user in, the database cannot be
    /// migrated, or it was sealed by another master key.
    pub fn connect(url: &str, master: &MasterKey, options: &Options) -> Result<Self, OpenError> {
        Self::connect_with(url, Some(master), options)
    }

    /// As [`crate::open_sealed`], if there is no master key.
    pub(crate) fn connect_with(
        url: &str,
        master: Option<&MasterKey>,
        options: &Options,
    ) -> Result<Self, OpenError> {
        let crypto = Arc::new(ColumnCrypto::new(master.unwrap_or(&MasterKey::none()), Some(TRUSTED)));
        if master.is_some() {
            connection::prepare(url, &options.postgres, &crypto)?;
        } else {
            Self::migrate(url, options)?;
        }
        let pool = connection::pool(url, &options.postgres);
        let workers = (0..options.postgres.connections.max(1)).map(|n| {
            let worker = worker::Worker::new(pool.clone(), n, options.postgres.attempts, Arc::clone(&crypto));
            move |tasks| worker.run(&tasks)
        });
        let queue = Queue::start("postgres", options.queue_depth, workers).map_err(OpenError::Thread)?;
        Ok(Self { queue })
    }

    /// Brings the database at `url` to this version's schema and returns the names of the steps that it
    /// lacked.
    ///
    /// # Errors
    /// As [`PostgresStore::connect`].
    pub fn migrate(url: &str, options: &Options) -> Result<Vec<String>, OpenError> {
        connection::migrate(url, &options.postgres)
    }

    /// Takes no more transactions, finishes those that wait, and closes the connections.
    pub fn shutdown(&self) {
        self.queue.close();
    }
}

/// What rotates the keys of the database at `url`.
pub(crate) fn rotation(
    url: &str,
    master: &MasterKey,
    options: &Options,
) -> Result<Box<dyn KeyRotation>, OpenError> {
    let crypto = ColumnCrypto::new(master, None);
    let conn = connection::prepare(url, &options.postgres, &crypto)?;
    Ok(Box::new(Rotator::new(conn, crypto)))
}

impl Store for PostgresStore {
    fn write(&self, mut job: TransactionFn) -> StoreFuture<'_> {
        self.queue.submit(Access::Write, move |tx| job(tx))
    }

    fn read(&self, mut job: TransactionFn) -> StoreFuture<'_> {
        self.queue.submit(Access::Read, move |tx| job(tx))
    }
}

impl AuthStore for PostgresStore {
    fn write(&self, mut job: AuthTransactionFn) -> AuthStoreFuture<'_> {
        self.queue.submit(Access::Write, move |tx| job(tx))
    }

    fn read(&self, mut job: AuthTransactionFn) -> AuthStoreFuture<'_> {
        self.queue.submit(Access::Read, move |tx| job(tx))
    }
}
