//! The store on SQLite: one writer that commits in groups, and readers that each see one state.

mod connection;
mod dialect;
#[cfg(test)]
mod plans;
#[path = "../queries/mod.rs"]
mod queries;
mod reader;
mod writer;

use std::path::Path;
use std::sync::Arc;

use diesel::r2d2::{ConnectionManager, Pool};
use support_auth::port::{AuthStore, AuthStoreFuture, AuthTransactionFn};
use support_domain::port::{Store, StoreFuture, TransactionFn};

use self::queries::rotation::Rotator;
use crate::crypto::{ColumnCrypto, MasterKey};
use crate::error::OpenError;
use crate::options::Options;
use crate::rotation::KeyRotation;
use crate::work::{Access, Queue};

/// A store in one SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    writes: Queue,
    reads: Queue,
}

impl SqliteStore {
    /// Opens the database in the file at `path`, which is made with its directory if it does not exist, and
    /// brings it to this version's schema.
    ///
    /// # Errors
    /// [`OpenError`] when the file cannot be made, is no database of this program, or was sealed by another
    /// master key.
    pub fn open(path: &Path, master: &MasterKey, options: &Options) -> Result<Self, OpenError> {
        Self::open_with(path, Some(master), options)
    }

    /// As [`crate::open_sealed`], if there is no master key.
    pub(crate) fn open_with(
        path: &Path,
        master: Option<&MasterKey>,
        options: &Options,
    ) -> Result<Self, OpenError> {
        connection::create(path)?;
        let mut conn = connection::writer(path, &options.sqlite)?;
        connection::migrate(path, &mut conn)?;
        let crypto = Arc::new(ColumnCrypto::new(master.unwrap_or(&MasterKey::none()), None));
        if master.is_some() {
            connection::prepare_keys(path, &mut conn, &crypto)?;
        }
        let group = options.sqlite.group.max(1);
        let of_writer = Arc::clone(&crypto);
        let one = [move |tasks| writer::run(conn, &tasks, group, &of_writer)];
        let writes = Queue::start("sqlite-write", options.queue_depth, one).map_err(OpenError::Thread)?;

        let count = options.sqlite.readers.max(1);
        let pool = Pool::builder()
            .max_size(count)
            .test_on_check_out(false)
            .connection_timeout(options.sqlite.busy_timeout)
            .connection_customizer(Box::new(connection::ReadOnly(options.sqlite.clone())))
            .build(ConnectionManager::new(connection::address(path)?))
            .map_err(|error| connection::failed(path, &error.to_string()))?;
        let readers = (0..count).map(|_| {
            let (pool, crypto) = (pool.clone(), Arc::clone(&crypto));
            move |tasks| reader::run(&pool, &tasks, &crypto)
        });
        let reads = Queue::start("sqlite-read", options.queue_depth, readers).map_err(OpenError::Thread)?;
        Ok(Self { writes, reads })
    }

    /// Brings the database at `path` to this version's schema and returns the names of the steps that it
    /// lacked.
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    pub fn migrate(path: &Path, options: &Options) -> Result<Vec<String>, OpenError> {
        connection::create(path)?;
        let mut conn = connection::writer(path, &options.sqlite)?;
        connection::migrate(path, &mut conn)
    }

    /// Takes no more transactions, finishes those that wait, and closes the database.
    pub fn shutdown(&self) {
        self.writes.close();
        self.reads.close();
    }
}

/// What rotates the keys of the database in the file at `path`.
pub(crate) fn rotation(
    path: &Path,
    master: &MasterKey,
    options: &Options,
) -> Result<Box<dyn KeyRotation>, OpenError> {
    let mut conn = connection::writer(path, &options.sqlite)?;
    connection::migrate(path, &mut conn)?;
    let crypto = ColumnCrypto::new(master, None);
    connection::prepare_keys(path, &mut conn, &crypto)?;
    Ok(Box::new(Rotator::new(conn, crypto)))
}

impl Store for SqliteStore {
    fn write(&self, mut job: TransactionFn) -> StoreFuture<'_> {
        self.writes.submit(Access::Write, move |tx| job(tx))
    }

    fn read(&self, mut job: TransactionFn) -> StoreFuture<'_> {
        self.reads.submit(Access::Read, move |tx| job(tx))
    }
}

impl AuthStore for SqliteStore {
    fn write(&self, mut job: AuthTransactionFn) -> AuthStoreFuture<'_> {
        self.writes.submit(Access::Write, move |tx| job(tx))
    }

    fn read(&self, mut job: AuthTransactionFn) -> AuthStoreFuture<'_> {
        self.reads.submit(Access::Read, move |tx| job(tx))
    }
}
