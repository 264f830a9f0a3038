//! How SQLite reads many tickets: by an index, always.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use support_domain::port::TicketRepository;

use super::connection;
use super::queries::Tx;
use crate::options::SqliteOptions;
use crate::plans::{Words, crypto, load, queries, waiting_scopes};
use crate::statement::Sql;
use crate::work::Access;

const WORDS: Words = Words {
    id: |n| format!("unhex(printf('%032x', {n}))"),
    moment: |micros| format!("({micros})"),
    numbers: |count| {
        format!(
            "(WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) \
             SELECT n FROM numbers)"
        )
    },
    document: "",
    zeros: "zeroblob(32)",
};

/// A line of `EXPLAIN QUERY PLAN`: its id, its parent's, a zero, and what is done.
type Line = (i32, i32, i32, String);

fn loaded(directory: &tempfile::TempDir) -> SqliteConnection {
    let path = directory.path().join("many.db");
    let mut conn = connection::writer(&path, &SqliteOptions::default()).expect("a new database");
    connection::migrate(&path, &mut conn).expect("migrations");
    conn.batch_execute(&format!(
        "PRAGMA synchronous = OFF; BEGIN; {} COMMIT;",
        load(&WORDS, &crypto().blind)
    ))
    .expect("tickets");
    conn
}

fn plan(conn: &mut SqliteConnection, statement: &Sql) -> Vec<Line> {
    let mut sql = Sql::text("EXPLAIN QUERY PLAN ");
    sql.append(statement);
    sql.planned::<(Integer, Integer, Integer, Text)>().load(conn).expect("a plan")
}

/// Whether a step reads an index for what is asked, or the rows that such a step brought.
fn is_bounded(what: &str) -> bool {
    let Some(scanned) = what.strip_prefix("SCAN ") else { return true };
    let brought = ["run", "found", "page", "counted", "firsts", "CONSTANT ROW"];
    brought.iter().any(|name| scanned.starts_with(name))
        || scanned.starts_with("ticket_search VIRTUAL TABLE INDEX 0:M")
}

/// Whether a line lies within a run, whose rows must come in order by themselves.
fn is_in_run(line: &Line, lines: &[Line]) -> bool {
    let parent = lines.iter().find(|other| other.0 == line.1);
    parent.is_some_and(|parent| {
        let (_, run) = parent.3.rsplit_once(' ').unwrap_or_default();
        run.starts_with("run") || is_in_run(parent, lines)
    })
}

#[track_caller]
fn assert_bounded(name: &str, lines: &[Line]) {
    for line in lines {
        assert!(is_bounded(&line.3), "{name}: {}\n{lines:#?}", line.3);
        let sorts = line.3.starts_with("USE TEMP B-TREE");
        assert!(!sorts || !is_in_run(line, lines), "{name}: {}\n{lines:#?}", line.3);
    }
}

#[test]
fn every_list_is_read_along_an_index() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut conn = loaded(&directory);
    let crypto = crypto();
    for (name, query) in queries() {
        for statement in Tx::new(&mut conn, Access::Read, &crypto).statements(&query).expect("statements") {
            assert_bounded(&name, &plan(&mut conn, &statement));
        }
        Tx::new(&mut conn, Access::Read, &crypto).list(&query).expect("a page");
    }
    let waiting =
        crate::listing::next_waiting(super::dialect::FLAVOR, &waiting_scopes()).expect("scopes").into_sql();
    assert_bounded("next waiting", &plan(&mut conn, &waiting));
}
