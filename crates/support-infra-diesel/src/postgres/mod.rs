//! The store on PostgreSQL: threads that each run one transaction at a time.

mod connection;
mod dialect;
#[cfg(test)]
mod plans;
#[path = "../queries/mod.rs"]
mod queries;
mod worker;

use support_domain::port::{Done, Job, Store};

use crate::error::OpenError;
use crate::options::Options;
use crate::work::{Access, Queue};

/// A store in a PostgreSQL database.
#[derive(Debug)]
pub struct PostgresStore {
    queue: Queue,
}

impl PostgresStore {
    /// Connects to the database at `url` and brings it to this version's schema.
    ///
    /// # Errors
    /// [`OpenError`] when the server cannot be reached, does not let the user in, or the database cannot be migrated.
    pub fn connect(url: &str, options: &Options) -> Result<Self, OpenError> {
        Self::migrate(url, options)?;
        let pool = connection::pool(url, &options.postgres);
        let workers = (0..options.postgres.connections.max(1)).map(|n| {
            let worker = worker::Worker::new(pool.clone(), n, options.postgres.attempts);
            move |tasks| worker.run(&tasks)
        });
        let queue = Queue::start("postgres", options.queue_depth, workers).map_err(OpenError::Thread)?;
        Ok(Self { queue })
    }

    /// Brings the database at `url` to this version's schema and answers the names of the steps that it lacked.
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

impl Store for PostgresStore {
    fn write(&self, job: Job) -> Done<'_> {
        self.queue.submit(Access::Write, job)
    }

    fn read(&self, job: Job) -> Done<'_> {
        self.queue.submit(Access::Read, job)
    }
}
