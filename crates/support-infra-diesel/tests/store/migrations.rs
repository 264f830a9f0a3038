//! The steps that make the tables.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::thread;

use diesel::prelude::*;
use diesel::sql_types::Text;
use support_infra_diesel::{OpenError, Options, SqliteStore, migrate, open};
use support_testkit::postgres::{Cluster, Database};

use crate::common;

/// Columns that end in `_id` and point to no row, with the reason beside them in the migrations.
const POINTERLESS: &[&str] = &[
    "messages.sender_id",
    "messages.client_message_id",
    "refresh_tokens.session_id",
    "idempotency_keys.actor_id",
];

/// Columns without that ending that do point to rows.
const POINTERS: &[&str] = &[
    "agents.id",
    "agents.department",
    "data_keys.encryption_key",
    "tickets.assigned_to",
    "tickets.escalated_to",
    "tickets.department",
];

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

fn steps(database: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(database);
    let entries = fs::read_dir(folder).expect("a folder of migrations");
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect()
}

fn new_sqlite(directory: &tempfile::TempDir) -> SqliteConnection {
    let path = directory.path().join("new.db");
    SqliteStore::migrate(&path, &Options::default()).expect("migrated");
    SqliteConnection::establish(path.to_str().expect("UTF-8")).expect("a connection")
}

fn names(conn: &mut SqliteConnection, sql: &str) -> BTreeSet<String> {
    let rows: Vec<Name> = diesel::sql_query(sql).load(conn).expect("names");
    rows.into_iter().map(|row| row.name).collect()
}

#[test]
fn both_databases_have_the_same_steps() {
    assert_eq!(steps("sqlite"), steps("postgres"));
}

/// Checks the columns of a database against its foreign keys, each as `table.column`.
fn assert_pointers(columns: &BTreeSet<String>, keys: &BTreeSet<String>) {
    let ending = columns.iter().filter(|column| column.ends_with("_id") && !column.ends_with(".row_id"));
    let expected: BTreeSet<String> = ending
        .filter(|column| !POINTERLESS.contains(&column.as_str()))
        .cloned()
        .chain(POINTERS.iter().map(|column| (*column).to_owned()))
        .collect();
    assert_eq!(&expected, keys, "every pointer has its foreign key, and the exceptions are listed");
    assert!(
        POINTERLESS.iter().all(|column| columns.contains(*column)),
        "the list of exceptions is up to date"
    );
}

#[test]
fn every_pointer_has_its_foreign_key_in_sqlite() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut conn = new_sqlite(&directory);
    let tables = "FROM sqlite_schema AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table' \
                  AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\' AND t.name NOT LIKE 'ticket_search%'";
    let columns = names(&mut conn, &format!("SELECT t.name || '.' || c.name AS name {tables}"));
    let keys = names(
        &mut conn,
        "SELECT t.name || '.' || k.\"from\" AS name FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS k \
         WHERE t.type = 'table'",
    );
    assert_pointers(&columns, &keys);
}

#[test]
fn every_pointer_has_its_foreign_key_in_postgres() {
    let database = common::database();
    let lines = |sql: &str| -> BTreeSet<String> {
        database
            .sql(sql)
            .expect("names")
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let columns = lines(
        "SELECT table_name || '.' || column_name FROM information_schema.columns \
         WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%' AND table_name <> 'ticket_search'",
    );
    let keys = lines(
        "SELECT c.conrelid::regclass || '.' || a.attname FROM pg_constraint AS c \
         JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) \
         WHERE c.contype = 'f' AND c.conrelid <> 'ticket_search'::regclass",
    );
    assert_pointers(&columns, &keys);
}

/// Several nodes start at once: each step is applied once, and all of them go on.
fn nodes_start_together(url: &str) {
    let applied: Vec<String> = thread::scope(|scope| {
        let start = || migrate(url, &Options::default()).expect("migrated");
        let nodes: Vec<_> = (0..6).map(|_| scope.spawn(start)).collect();
        nodes.into_iter().flat_map(|node| node.join().expect("no panic")).collect()
    });
    let unique: BTreeSet<&String> = applied.iter().collect();
    assert_eq!(unique.len(), applied.len(), "no step twice: {applied:?}");
    assert_eq!(unique.len(), steps("sqlite").len(), "all steps: {applied:?}");
    assert_eq!(migrate(url, &Options::default()).expect("migrated"), [""; 0], "nothing is left to do");
}

#[test]
fn nodes_start_together_on_sqlite() {
    let directory = tempfile::tempdir().expect("a directory");
    nodes_start_together(&format!("sqlite://{}", directory.path().join("a/b/together.db").display()));
}

#[test]
fn nodes_start_together_on_postgres() {
    let cluster = Cluster::shared().expect("a cluster");
    let database = Database::empty(&cluster).expect("a database");
    nodes_start_together(&database.url());
}

#[test]
fn the_steps_can_be_taken_back() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut conn = new_sqlite(&directory);
    let database = common::database();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    for step in steps("sqlite").iter().rev() {
        let down =
            |name: &str| fs::read_to_string(folder.join(name).join(step).join("down.sql")).expect("down.sql");
        diesel::connection::SimpleConnection::batch_execute(&mut conn, &down("sqlite")).expect("taken back");
        database.sql(&down("postgres")).expect("taken back");
    }
    let left = names(
        &mut conn,
        "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'",
    );
    assert_eq!(left, BTreeSet::new());
    let left = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE '\\_\\_%'";
    assert_eq!(database.sql(left).expect("a count").trim(), "0");
    let left = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname NOT LIKE 'diesel%'";
    assert_eq!(database.sql(left).expect("a count").trim(), "0");
}

fn refusal(url: &str) -> OpenError {
    match open(url, &common::master(), &Options::default()) {
        Ok(_) => panic!("{url} was opened"),
        Err(error) => error,
    }
}

#[test]
fn a_later_schema_is_left_alone() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut conn = new_sqlite(&directory);
    let later = "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";
    diesel::sql_query(later).execute(&mut conn).expect("as a later version would");
    let error = refusal(&format!("sqlite://{}", directory.path().join("new.db").display()));
    assert!(matches!(&error, OpenError::Newer { version } if version == "9999"), "{error}");

    let database = common::database();
    database.sql(later).expect("as a later version would");
    let error = refusal(&database.url());
    assert!(matches!(&error, OpenError::Newer { version } if version == "9999"), "{error}");
}

#[test]
fn what_cannot_be_opened_is_told_in_one_line() {
    let directory = tempfile::tempdir().expect("a directory");
    let text = directory.path().join("text.db");
    fs::write(&text, "This is no database, though long enough to be taken for one. ".repeat(20))
        .expect("a file");
    let database = common::database();
    let (host, _) =
        database.url().rsplit_once("test_").map(|(a, b)| (a.to_owned(), b.to_owned())).expect("an address");
    let cases = [
        (refusal(""), "BadUrl"),
        (refusal("mysql://localhost/support"), "BadUrl"),
        (refusal("sqlite://"), "BadUrl"),
        (refusal("postgres://localhost/support?nonsense=1"), "BadUrl"),
        (refusal(&format!("sqlite://{}", text.display())), "NotADatabase"),
        (refusal(&format!("sqlite://{}/support.db", text.display())), "Create"),
        (refusal("postgres://support@127.0.0.1:9/support"), "Unreachable"),
        (refusal(&database.url().replace("test_", "absent_")), "NoSuchDatabase"),
    ];
    assert!(!host.is_empty());
    for (error, kind) in cases {
        let (debug, line) = (format!("{error:?}"), error.to_string());
        assert!(debug.starts_with(kind), "{debug}");
        assert_eq!(line.lines().count(), 1, "{line}");
    }
}
