//! Connections to a server.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, Pool};

use super::queries::keyring;
use crate::crypto::ColumnCrypto;
use crate::error::{OpenError, one_line};
use crate::migrations;
use crate::options::PostgresOptions;

/// The advisory lock that is held while migrating: the first eight bytes of "support-".
const MIGRATION_LOCK: i64 = i64::from_be_bytes(*b"support-");

/// A connection, and whether it has failed.
pub(super) struct Session {
    pub(super) conn: PgConnection,
    /// Set when the connection cannot be used again.
    pub(super) broken: bool,
}

/// Makes and discards connections for the pool. Not `Debug`: the address may hold a password.
pub(super) struct Manager {
    url: String,
    settings: String,
}

impl ManageConnection for Manager {
    type Connection = Session;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Session, Self::Error> {
        let mut conn = PgConnection::establish(&self.url).map_err(diesel::r2d2::Error::ConnectionError)?;
        conn.batch_execute(&self.settings).map_err(diesel::r2d2::Error::QueryError)?;
        Ok(Session { conn, broken: false })
    }

    fn is_valid(&self, session: &mut Session) -> Result<(), Self::Error> {
        session.conn.batch_execute("SELECT 1").map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, session: &mut Session) -> bool {
        session.broken
    }
}

/// A pool that connects as needed.
pub(super) fn pool(url: &str, options: &PostgresOptions) -> Pool<Manager> {
    // Plans are made for short statements; compiling them to machine code would take longer than running
    // them.
    let settings = format!(
        "SET statement_timeout = {}; SET lock_timeout = {}; SET idle_in_transaction_session_timeout = {}; SET jit = off",
        millis(options.statement_timeout),
        millis(options.lock_timeout),
        millis(options.statement_timeout.saturating_mul(4)),
    );
    Pool::builder()
        .max_size(options.connections.max(1))
        .min_idle(Some(1))
        .test_on_check_out(false)
        .connection_timeout(options.connect_timeout)
        .build_unchecked(Manager { url: with_timeout(url, options), settings })
}

/// Brings the database to this version's schema. Other nodes that do the same wait.
pub(super) fn migrate(url: &str, options: &PostgresOptions) -> Result<Vec<String>, OpenError> {
    migrations::apply(&mut alone(url, options)?, migrations::POSTGRES)
}

/// As [`migrate`]; also reads the encryption keys into `crypto`, and makes the first of them in a new
/// database. Returns the connection, which waits for locks without end.
pub(super) fn prepare(
    url: &str,
    options: &PostgresOptions,
    crypto: &ColumnCrypto,
) -> Result<PgConnection, OpenError> {
    let mut conn = alone(url, options)?;
    migrations::apply(&mut conn, migrations::POSTGRES)?;
    keyring::prepare(&mut conn, crypto)?;
    conn.batch_execute(&format!("SELECT pg_advisory_unlock({MIGRATION_LOCK})"))
        .map_err(|error| OpenError::Failed { reason: one_line(&error.to_string()) })?;
    Ok(conn)
}

/// A connection that holds the lock of whoever prepares the database. The lock ends with the connection.
fn alone(url: &str, options: &PostgresOptions) -> Result<PgConnection, OpenError> {
    let mut conn = PgConnection::establish(&with_timeout(url, options)).map_err(|error| refused(&error))?;
    conn.batch_execute(&format!("SET lock_timeout = 0; SELECT pg_advisory_lock({MIGRATION_LOCK})"))
        .map_err(|error| OpenError::Failed { reason: one_line(&error.to_string()) })?;
    Ok(conn)
}

/// The address with a limit on the time to connect, unless it has one.
fn with_timeout(url: &str, options: &PostgresOptions) -> String {
    if url.contains("connect_timeout=") {
        return url.to_owned();
    }
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}connect_timeout={}", options.connect_timeout.as_secs().max(1))
}

fn millis(duration: Duration) -> u128 {
    duration.as_millis()
}

/// What a failure to connect means. The client library tells it in words alone.
fn refused(error: &ConnectionError) -> OpenError {
    let reason = one_line(&error.to_string());
    let tells = |texts: &[&str]| texts.iter().any(|text| reason.contains(text));
    if matches!(error, ConnectionError::InvalidConnectionUrl(_) | ConnectionError::InvalidCString(_))
        || tells(&[
            "invalid URI",
            "invalid connection option",
            "invalid URI query parameter",
            "missing \"=\"",
        ])
    {
        OpenError::BadUrl
    } else if tells(&["authentication failed", "no password supplied", "pg_hba.conf", "role \""]) {
        OpenError::Refused { reason }
    } else if tells(&["database \""]) {
        OpenError::NoSuchDatabase { reason }
    } else {
        OpenError::Unreachable { reason }
    }
}
