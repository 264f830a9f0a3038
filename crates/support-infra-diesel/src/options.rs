//! What a store can be told about its database.

use std::time::Duration;

/// Limits and sizes. The defaults suit one server on one machine.
#[derive(Clone, Debug)]
pub struct Options {
    /// Transactions that may wait in each queue before [`support_domain::error::StoreError::Overloaded`].
    pub queue_depth: usize,
    /// What concerns SQLite alone.
    pub sqlite: SqliteOptions,
    /// What concerns PostgreSQL alone.
    pub postgres: PostgresOptions,
}

impl Default for Options {
    fn default() -> Self {
        Self { queue_depth: 1_024, sqlite: SqliteOptions::default(), postgres: PostgresOptions::default() }
    }
}

/// What concerns SQLite alone.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// Connections for reading, each with a thread of its own; at least 1.
    pub readers: u32,
    /// Transactions that may share one commit; at least 1.
    pub group: usize,
    /// How long to wait for another process that holds the database.
    pub busy_timeout: Duration,
    /// Page cache of each connection, in KiB.
    pub cache_kib: u32,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self { readers: 4, group: 128, busy_timeout: Duration::from_secs(5), cache_kib: 16 * 1_024 }
    }
}

/// What concerns PostgreSQL alone.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    /// Connections, each with a thread of its own; at least 1.
    pub connections: u32,
    /// How long to wait for a connection before [`support_domain::error::StoreError::Unavailable`]; whole
    /// seconds.
    pub connect_timeout: Duration,
    /// The longest that one statement may take.
    pub statement_timeout: Duration,
    /// The longest that one statement may wait for a lock.
    pub lock_timeout: Duration,
    /// How often a transaction is tried that loses a deadlock or a race; at least 1.
    pub attempts: u32,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            connections: 16,
            connect_timeout: Duration::from_secs(3),
            statement_timeout: Duration::from_secs(15),
            lock_timeout: Duration::from_secs(5),
            attempts: 10,
        }
    }
}
