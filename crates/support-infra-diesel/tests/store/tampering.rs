//! What gets past the triggers of the history is found, at its place.

use std::sync::{Arc, Mutex};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use support_domain::contract::block_on;
use support_domain::entity::{ChainProblem as Problem, ChainReport};
use support_domain::error::Error;
use support_domain::id::TicketId;
use support_domain::port::{Repositories, Store};
use support_infra_diesel::{Options, PostgresStore, SqliteStore};

use crate::common;

/// What is done to a ticket with four entries, and the first entry that is then wrong.
type Tampering = (&'static str, Option<(i64, Problem)>);

const SAVE: &str = "CREATE TABLE saved_entries AS SELECT * FROM ticket_history;
    CREATE TABLE saved_tickets AS SELECT * FROM tickets;";
const RESTORE: &str = "DELETE FROM ticket_history;
    UPDATE tickets SET
        history_sequence = (SELECT history_sequence FROM saved_tickets),
        history_hash = (SELECT history_hash FROM saved_tickets),
        subject = (SELECT subject FROM saved_tickets);
    INSERT INTO ticket_history SELECT * FROM saved_entries;";

/// What either database can be told.
const ANYWHERE: &[Tampering] = &[
    ("UPDATE ticket_history SET content = hash WHERE sequence = 2", Some((2, Problem::Changed))),
    (
        "UPDATE ticket_history SET content = (SELECT content FROM saved_entries WHERE sequence = 1) WHERE sequence = 4",
        Some((4, Problem::Changed)),
    ),
    ("UPDATE ticket_history SET performed_by_name = NULL WHERE sequence = 4", Some((4, Problem::Changed))),
    // Read into a name this is the same.
    (
        "UPDATE ticket_history SET performed_by_name = performed_by_name || ' ' WHERE sequence = 2",
        Some((2, Problem::Changed)),
    ),
    // This cannot be read into an action.
    ("UPDATE ticket_history SET action = 'made_up' WHERE sequence = 3", Some((3, Problem::Changed))),
    ("UPDATE ticket_history SET performed_by = id WHERE sequence = 1", Some((1, Problem::Changed))),
    ("UPDATE ticket_history SET hash = previous_hash WHERE sequence = 3", Some((3, Problem::Changed))),
    ("UPDATE ticket_history SET previous_hash = hash WHERE sequence = 3", Some((3, Problem::WrongOrder))),
    ("DELETE FROM ticket_history WHERE sequence = 1", Some((1, Problem::Missing))),
    ("DELETE FROM ticket_history WHERE sequence = 3", Some((3, Problem::Missing))),
    ("DELETE FROM ticket_history WHERE sequence >= 3", Some((3, Problem::Truncated))),
    ("DELETE FROM ticket_history", Some((1, Problem::Truncated))),
    (
        "UPDATE ticket_history SET sequence = 105 - sequence WHERE sequence IN (2, 3);
         UPDATE ticket_history SET sequence = sequence - 100 WHERE sequence > 100",
        Some((2, Problem::WrongOrder)),
    ),
    (
        "DELETE FROM ticket_history WHERE sequence = 2;
         UPDATE ticket_history SET sequence = 2 WHERE sequence = 3;
         UPDATE ticket_history SET sequence = 3 WHERE sequence = 4;
         UPDATE tickets SET history_sequence = 3",
        Some((2, Problem::WrongOrder)),
    ),
    (
        "UPDATE tickets SET history_hash = (SELECT hash FROM ticket_history WHERE sequence = 3)",
        Some((4, Problem::HeadChanged)),
    ),
    ("UPDATE tickets SET history_sequence = 3", Some((4, Problem::BeyondHead))),
    ("UPDATE tickets SET history_sequence = 5", Some((5, Problem::Truncated))),
    // Damage elsewhere in the ticket is no business of its history.
    ("UPDATE tickets SET subject = ''", None),
];

const IN_SQLITE: &[Tampering] = &[
    ("UPDATE ticket_history SET timestamp = timestamp + 1 WHERE sequence = 2", Some((2, Problem::Changed))),
    // Values that are not of their columns' types.
    ("UPDATE ticket_history SET performed_by = x'00' WHERE sequence = 3", Some((3, Problem::Changed))),
    ("UPDATE ticket_history SET hash = x'00' WHERE sequence = 2", Some((2, Problem::Changed))),
    ("UPDATE tickets SET history_hash = x''", Some((4, Problem::HeadChanged))),
    ("UPDATE ticket_history SET sequence = -1 WHERE sequence = 1", Some((-1, Problem::WrongOrder))),
    (
        "PRAGMA foreign_keys = OFF; DELETE FROM tickets WHERE history_sequence = 4",
        Some((1, Problem::TicketMissing)),
    ),
];

const IN_POSTGRES: &[Tampering] = &[
    (
        "UPDATE ticket_history SET timestamp = timestamp + interval '1 microsecond' WHERE sequence = 2",
        Some((2, Problem::Changed)),
    ),
    ("SET session_replication_role = replica; DELETE FROM tickets", Some((1, Problem::TicketMissing))),
];

fn read<T: Send + 'static>(
    store: &dyn Store,
    job: impl Fn(&mut dyn Repositories) -> Result<T, Error> + Send + 'static,
) -> T {
    let answer = Arc::new(Mutex::new(None));
    let kept = Arc::clone(&answer);
    let done = store.read(Box::new(move |tx| {
        *kept.lock().expect("unharmed") = Some(job(tx)?);
        Ok(())
    }));
    block_on(done).expect("no damage is a failure");
    answer.lock().expect("unharmed").take().expect("the job was run")
}

fn verify(store: &dyn Store) -> Option<ChainReport> {
    read(store, |tx| Ok(tx.history().verify(common::ticket(1).id, None)?))
}

fn walk(store: &dyn Store) -> Vec<TicketId> {
    read(store, |tx| Ok(tx.history().list_tickets(None, 10)?))
}

fn assert_found(store: &dyn Store, tamperings: &[&[Tampering]], sql: impl Fn(&str)) {
    block_on(store.write(common::seed())).expect("seeded");
    let more = store.write(Box::new(|tx| {
        tx.history().append(&common::entry(&common::ticket(1), 3))?;
        Ok(tx.history().append(&common::entry(&common::ticket(1), 4))?)
    }));
    block_on(more).expect("appended");
    let untouched = verify(store).expect("the ticket exists");
    assert_eq!((untouched.entries, untouched.broken), (4, None));
    sql(SAVE);
    for (tampering, expected) in tamperings.concat() {
        sql(tampering);
        let report = verify(store).unwrap_or_else(|| panic!("{tampering}: nothing to report on"));
        let found = report.broken.map(|broken| (broken.sequence, broken.problem));
        assert_eq!(found, expected, "{tampering}");
        assert_eq!(walk(store), [common::ticket(1).id], "{tampering}");
        let ticket_is_gone = found.is_some_and(|(_, problem)| problem == Problem::TicketMissing);
        assert_eq!(report.number.is_none(), ticket_is_gone, "{tampering}");
        if !ticket_is_gone {
            sql(RESTORE);
            assert_eq!(verify(store).as_ref(), Some(&untouched), "restored");
        }
    }
}

#[test]
fn tampering_with_sqlite_is_found() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("history.db");
    let store = SqliteStore::open(&path, &common::master(), &Options::default()).expect("a database");
    assert_found(&store, &[ANYWHERE, IN_SQLITE], |statements| {
        let mut conn = SqliteConnection::establish(path.to_str().expect("UTF-8")).expect("a connection");
        conn.batch_execute(
            "PRAGMA ignore_check_constraints = ON; DROP TRIGGER IF EXISTS ticket_history_no_update;
             DROP TRIGGER IF EXISTS ticket_history_no_delete; DROP TRIGGER IF EXISTS ticket_history_no_replace;",
        )
        .expect("whoever owns the file may do so");
        conn.batch_execute(statements).expect(statements);
    });
}

#[test]
fn tampering_with_postgres_is_found() {
    let database = common::database();
    let store = PostgresStore::connect(&database.url(), &common::master(), &Options::default())
        .expect("a connection");
    assert_found(&store, &[ANYWHERE, IN_POSTGRES], |statements| {
        let dropped = "DROP TRIGGER IF EXISTS ticket_history_no_change ON ticket_history;
                       DROP TRIGGER IF EXISTS ticket_history_no_truncate ON ticket_history;";
        database.sql(&format!("{dropped} {statements}")).expect(statements);
    });
}
