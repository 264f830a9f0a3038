//! The store on SQLite and on PostgreSQL, with Diesel.
//!
//! The tables are declared once (`schema.rs`), with SQL types that exist in both databases (`types.rs`);
//! their rows and how they become entities once (`rows/`); and the queries once (`queries/`), which `sqlite/`
//! and `postgres/` each include and compile for their own connection. What differs is in each one's
//! `dialect.rs`. The steps that make the tables are in the workspace's `migrations/`, the same ones for both.
//!
//! To add a repository: a migration for each database, its table in `schema.rs`, its rows in `rows/`, and its
//! queries in `queries/` under the name of its port's file.

#![expect(clippy::duplicate_mod, reason = "the queries are compiled once for each database")]

mod crypto;
mod error;
mod job;
mod listing;
mod migrations;
mod options;
#[cfg(test)]
mod plans;
mod postgres;
mod rotation;
mod rows;
mod schema;
mod sqlite;
mod statement;
mod types;
mod work;

use std::path::Path;
use std::sync::Arc;

use support_auth::port::AuthStore;
use support_domain::port::Store;

pub use crypto::MasterKey;
pub use error::OpenError;
pub use options::{Options, PostgresOptions, SqliteOptions};
pub use postgres::PostgresStore;
pub use rotation::{Rotation, RotationError, rotate_keys};
pub use sqlite::SqliteStore;

/// One database, by the ports that it is asked through.
#[derive(Clone)]
pub struct Stores {
    /// For the desk.
    pub desk: Arc<dyn Store>,
    /// For authentication.
    pub auth: Arc<dyn AuthStore>,
}

impl Stores {
    fn of<S: Store + AuthStore + 'static>(store: S) -> Self {
        let store = Arc::new(store);
        Self { desk: Arc::clone(&store) as _, auth: store }
    }
}

/// An address of a database.
enum Address<'a> {
    Sqlite(&'a Path),
    Postgres(&'a str),
}

impl<'a> Address<'a> {
    fn parse(url: &'a str) -> Result<Self, OpenError> {
        if let Some(path) = url.strip_prefix("sqlite://").filter(|path| !path.is_empty()) {
            Ok(Self::Sqlite(Path::new(path)))
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(Self::Postgres(url))
        } else {
            Err(OpenError::BadUrl)
        }
    }
}

/// Opens the store at `url`, which is `sqlite://` and a path, or an address of PostgreSQL (`postgres://…` or
/// `postgresql://…`, as its client library takes it), and brings it to this version's schema. Several nodes
/// may do so at once. Personal data in it is sealed by keys that come from `master`, always the same one.
///
/// Dropping both stores finishes the transactions that wait in them.
///
/// # Errors
/// [`OpenError`], which tells the operator what is wrong.
pub fn open(url: &str, master: &MasterKey, options: &Options) -> Result<Stores, OpenError> {
    Ok(match Address::parse(url)? {
        Address::Sqlite(path) => Stores::of(SqliteStore::open(path, master, options)?),
        Address::Postgres(url) => Stores::of(PostgresStore::connect(url, master, options)?),
    })
}

/// As [`open`] for whoever has no master key: histories can be verified, and whatever is personal reads as
/// damaged.
///
/// # Errors
/// As [`open`].
pub fn open_sealed(url: &str, options: &Options) -> Result<Arc<dyn Store>, OpenError> {
    Ok(match Address::parse(url)? {
        Address::Sqlite(path) => Arc::new(SqliteStore::open_with(path, None, options)?),
        Address::Postgres(url) => Arc::new(PostgresStore::connect_with(url, None, options)?),
    })
}

/// Brings the database at `url` to this version's schema and returns the names of the steps that it lacked.
///
/// # Errors
/// As [`open`].
pub fn migrate(url: &str, options: &Options) -> Result<Vec<String>, OpenError> {
    match Address::parse(url)? {
        Address::Sqlite(path) => SqliteStore::migrate(path, options),
        Address::Postgres(url) => PostgresStore::migrate(url, options),
    }
}
