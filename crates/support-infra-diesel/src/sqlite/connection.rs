//! Connections to a database file.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{CustomizeConnection, Error as PoolError};

use super::queries::keyring;
use crate::crypto::ColumnCrypto;
use crate::error::{OpenError, one_line};
use crate::migrations;
use crate::options::SqliteOptions;

/// How the path is given to SQLite, which would take a path that begins with a scheme for an address.
pub(super) fn address(path: &Path) -> Result<String, OpenError> {
    let text = path.to_str().filter(|text| !text.is_empty()).ok_or(OpenError::BadUrl)?;
    Ok(if path.is_absolute() { text.to_owned() } else { format!("./{text}") })
}

/// Makes the file and its directory if they do not exist. The file holds personal data, so only its owner may
/// read it.
pub(super) fn create(path: &Path) -> Result<(), OpenError> {
    let failed = |source: io::Error| OpenError::Create { path: path.to_owned(), source };
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(failed)?;
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(failed)
}

/// The connection that writes.
pub(super) fn writer(path: &Path, options: &SqliteOptions) -> Result<SqliteConnection, OpenError> {
    let mut conn =
        SqliteConnection::establish(&address(path)?).map_err(|error| failed(path, &error.to_string()))?;
    let settings = settings(options)
        + "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; \
           PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 67108864;";
    // Several processes may start at once, and the change to WAL does not wait for the others.
    let deadline = Instant::now() + options.busy_timeout;
    loop {
        match conn.batch_execute(&settings) {
            Ok(()) => return Ok(conn),
            Err(error) if is_busy(&error.to_string()) && Instant::now() < deadline => {
                thread::sleep(Duration::from_millis(10));
            }
            Err(error) => return Err(failed(path, &error.to_string())),
        }
    }
}

/// What every connection is told.
fn settings(options: &SqliteOptions) -> String {
    format!(
        "PRAGMA busy_timeout = {}; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -{}; ",
        options.busy_timeout.as_millis(),
        options.cache_kib,
    )
}

/// Makes a pooled connection one that only reads.
#[derive(Debug)]
pub(super) struct ReadOnly(pub(super) SqliteOptions);

impl CustomizeConnection<SqliteConnection, PoolError> for ReadOnly {
    fn on_acquire(&self, conn: &mut SqliteConnection) -> Result<(), PoolError> {
        let settings = settings(&self.0) + "PRAGMA query_only = ON;";
        conn.batch_execute(&settings).map_err(PoolError::QueryError)
    }
}

/// Brings the database to this version's schema. Other processes that do the same wait.
pub(super) fn migrate(path: &Path, conn: &mut SqliteConnection) -> Result<Vec<String>, OpenError> {
    alone(path, conn, |conn| migrations::apply(conn, migrations::SQLITE))
}

/// Reads the encryption keys into `crypto`, and makes the first of them in a new database.
pub(super) fn prepare_keys(
    path: &Path,
    conn: &mut SqliteConnection,
    crypto: &ColumnCrypto,
) -> Result<(), OpenError> {
    alone(path, conn, |conn| keyring::prepare(conn, crypto))
}

/// Does `work` while no other process writes.
fn alone<T>(
    path: &Path,
    conn: &mut SqliteConnection,
    work: impl FnOnce(&mut SqliteConnection) -> Result<T, OpenError>,
) -> Result<T, OpenError> {
    /// What ends the transaction early.
    enum Ended {
        Open(OpenError),
        Database(diesel::result::Error),
    }
    impl From<diesel::result::Error> for Ended {
        fn from(error: diesel::result::Error) -> Self {
            Self::Database(error)
        }
    }
    conn.exclusive_transaction(|conn| work(conn).map_err(Ended::Open)).map_err(|ended| match ended {
        Ended::Open(error) => error,
        Ended::Database(error) => failed(path, &error.to_string()),
    })
}

/// What a failure at opening means.
pub(super) fn failed(path: &Path, message: &str) -> OpenError {
    let reason = one_line(message);
    if reason.contains("file is not a database") || reason.contains("malformed") {
        OpenError::NotADatabase { path: path.to_owned() }
    } else if is_busy(&reason) {
        OpenError::Busy { reason }
    } else {
        OpenError::Failed { reason }
    }
}

fn is_busy(message: &str) -> bool {
    message.contains("locked") || message.contains("busy")
}
