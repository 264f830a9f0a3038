//! What goes wrong in a database, in the words of the port.

use std::path::PathBuf;

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use support_domain::error::{Entity, StoreError};

/// Why a store could not be opened: each prints as one line for the operator.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Not an address of a database.
    #[error("the database address must begin with sqlite:// or postgres:// and name a database")]
    BadUrl,
    /// The directory for the database file does not exist and could not be made, or the file could not be
    /// made in it.
    #[error("cannot create the database file {path}: {source}")]
    Create {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The file holds something else.
    #[error("{path} is not a SQLite database")]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The server did not answer.
    #[error("the database server cannot be reached: {reason}")]
    Unreachable {
        /// What the client library said, on one line.
        reason: String,
    },
    /// The server does not let this user in.
    #[error("the database server refuses the user or password: {reason}")]
    Refused {
        /// What the server said, on one line.
        reason: String,
    },
    /// The server has no such database.
    #[error("the database does not exist: {reason}")]
    NoSuchDatabase {
        /// What the server said, on one line.
        reason: String,
    },
    /// The database was migrated by a later version of this program.
    #[error(
        "the database has migration {version}, which this version of the program does not know: use the newer one"
    )]
    Newer {
        /// The first unknown migration.
        version: String,
    },
    /// Personal data in the database was sealed by keys that come from another master key.
    #[error(
        "the master key is not the one with which this database was made; without that one its personal data cannot be read"
    )]
    WrongKey,
    /// The database was made before personal data was sealed.
    #[error(
        "the database was made by a version of this program that did not encrypt personal data; start with an empty one"
    )]
    Unencrypted,
    /// A migration failed.
    #[error("migrating the database failed: {reason}")]
    Migration {
        /// What the database said, on one line.
        reason: String,
    },
    /// Another process held the database for too long.
    #[error("the database is in use by another process: {reason}")]
    Busy {
        /// What the database said, on one line.
        reason: String,
    },
    /// The operating system refused a thread.
    #[error("cannot start a thread: {0}")]
    Thread(#[source] std::io::Error),
    /// Anything else that the database said.
    #[error("the database failed: {reason}")]
    Failed {
        /// What it said, on one line.
        reason: String,
    },
}

/// `text` on one line, as logs want it.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a failed statement means for its transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It lost a deadlock or a race: run it again.
    Retry,
    /// The connection is gone.
    Broken,
    /// It cannot succeed as it is.
    Failed,
}

/// A unique constraint: its PostgreSQL name, its columns as SQLite tells them, and what it means.
struct Unique {
    constraint: &'static str,
    columns: &'static str,
    entity: Entity,
    field: &'static str,
}

const fn unique(
    constraint: &'static str,
    columns: &'static str,
    entity: Entity,
    field: &'static str,
) -> Unique {
    Unique { constraint, columns, entity, field }
}

/// Every unique constraint that a caller's value can break.
const UNIQUE: &[Unique] = &[
    unique("users_pkey", "users.id", Entity::User, "id"),
    unique("users_login", "users.email_index", Entity::User, "email"),
    unique("agents_pkey", "agents.id", Entity::Agent, "id"),
    unique("agents_email_key", "agents.email", Entity::Agent, "email"),
    unique("departments_pkey", "departments.id", Entity::Department, "id"),
    unique("departments_name_key", "departments.name", Entity::Department, "name"),
    unique("departments_name_key_key", "departments.name_key", Entity::Department, "name"),
    unique("department_categories_pkey", "department_categories.category", Entity::Department, "category"),
    unique("tickets_pkey", "tickets.id", Entity::Ticket, "id"),
    unique("tickets_number", "tickets.number_year, tickets.number_serial", Entity::Ticket, "number"),
    unique("messages_pkey", "messages.id", Entity::Message, "id"),
    unique("messages_sequence", "messages.ticket_id, messages.sequence", Entity::Message, "sequence"),
    unique(
        "messages_client_id",
        "messages.ticket_id, messages.sender_id, messages.client_message_id",
        Entity::Message,
        "client_message_id",
    ),
    unique("attachments_pkey", "attachments.id", Entity::Attachment, "id"),
    unique("notifications_pkey", "notifications.id", Entity::Notification, "id"),
    unique("refresh_tokens_pkey", "refresh_tokens.hash", Entity::Session, "hash"),
];

/// Texts by which databases tell of conditions for which Diesel has no kind of its own.
const DEADLOCK: &[&str] = &["deadlock"];
const AWAY: &[&str] = &[
    "timeout",
    "database is locked",
    "database table is locked",
    "database or disk is full",
    "disk i/o error",
    "the database system is",
    "too many clients",
    "too many connections",
    "no space left",
    "terminating connection",
    "server closed the connection",
];

/// Turns a statement's failure into the port's words, and says what it means for the transaction.
pub(crate) fn translate(error: DieselError) -> (Fault, StoreError) {
    match error {
        DieselError::DatabaseError(kind, information) => {
            let message = information.message();
            match kind {
                DatabaseErrorKind::UniqueViolation => {
                    (Fault::Failed, conflict(information.constraint_name(), message))
                }
                DatabaseErrorKind::SerializationFailure => (Fault::Retry, StoreError::Unavailable),
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
                    (Fault::Broken, StoreError::Unavailable)
                }
                DatabaseErrorKind::ForeignKeyViolation
                | DatabaseErrorKind::ReadOnlyTransaction
                | DatabaseErrorKind::NotNullViolation
                | DatabaseErrorKind::CheckViolation
                | DatabaseErrorKind::RestrictViolation
                | DatabaseErrorKind::ExclusionViolation => (Fault::Failed, internal(message)),
                _ => by_message(message),
            }
        }
        DieselError::BrokenTransactionManager => (Fault::Broken, StoreError::Unavailable),
        DieselError::DeserializationError(error) => (Fault::Failed, unreadable(&error.to_string())),
        other => (Fault::Failed, internal(&other.to_string())),
    }
}

/// A value that is not even of its column's type. Diesel names neither table nor row.
fn unreadable(text: &str) -> StoreError {
    StoreError::Internal(format!("a stored value cannot be read: {}", one_line(text)))
}

fn conflict(constraint: Option<&str>, message: &str) -> StoreError {
    let found = UNIQUE.iter().find(|unique| {
        constraint == Some(unique.constraint)
            || message.strip_prefix("UNIQUE constraint failed: ") == Some(unique.columns)
    });
    found.map_or_else(
        || internal(message),
        |unique| StoreError::Conflict { entity: unique.entity, field: unique.field },
    )
}

fn by_message(message: &str) -> (Fault, StoreError) {
    let lower = message.to_lowercase();
    let tells = |texts: &[&str]| texts.iter().any(|text| lower.contains(text));
    if tells(DEADLOCK) {
        (Fault::Retry, StoreError::Unavailable)
    } else if tells(AWAY) {
        (Fault::Failed, StoreError::Unavailable)
    } else {
        (Fault::Failed, internal(message))
    }
}

fn internal(message: &str) -> StoreError {
    StoreError::Internal(one_line(message))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use support_testkit::postgres::{Cluster, Database};

    use super::*;
    use crate::{Options, migrate};

    #[test]
    fn unique_constraints_are_those_of_the_database() {
        let cluster = Cluster::shared().expect("a cluster");
        let database = Database::empty(&cluster).expect("a database");
        migrate(&database.url(), &Options::default()).expect("migrated");
        let indexes = "SELECT i.indexrelid::regclass || ' ' || string_agg(i.indrelid::regclass || '.' || a.attname, ', ' \
                       ORDER BY array_position(i.indkey::int2[], a.attnum)) FROM pg_index AS i JOIN pg_attribute AS a \
                       ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indisunique \
                       GROUP BY i.indexrelid, i.indrelid";
        let found = database.sql(indexes).expect("indexes");
        let found: BTreeSet<&str> = found.lines().map(str::trim).collect();
        for unique in UNIQUE {
            let expected = format!("{} {}", unique.constraint, unique.columns);
            assert!(found.contains(expected.as_str()), "{expected} is none of {found:#?}");
        }
    }

    #[test]
    fn conflicts_are_told_by_either_database() {
        let taken = StoreError::Conflict { entity: Entity::Agent, field: "email" };
        assert_eq!(conflict(Some("agents_email_key"), "duplicate key"), taken);
        assert_eq!(conflict(None, "UNIQUE constraint failed: agents.email"), taken);
        let unknown = conflict(Some("outbox_pkey"), "duplicate\nkey");
        assert_eq!(unknown, StoreError::Internal("duplicate key".to_owned()));
    }
}
