//! How SQLite reads many tickets: by an index, always.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use support_domain::port::TicketRepository;

use super::connection;
use super::queries::Tx;
use crate::options::SqliteOptions;
use crate::plans::{load_sql, queries};
use crate::statement::Sql;
use crate::work::Access;

/// A line of `EXPLAIN QUERY PLAN`: its id, its parent's, a zero, and what is done.
type Line = (i32, i32, i32, String);

fn loaded(directory: &tempfile::TempDir) -> SqliteConnection {
    let path = directory.path().join("many.db");
    let mut conn = connection::writer(&path, &SqliteOptions::default()).expect("a new database");
    connection::migrate(&path, &mut conn).expect("migrations");
    let load = load_sql(
        |n| format!("unhex(printf('%032x', {n}))"),
        |micros| format!("({micros})"),
        |count| format!("(WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) SELECT n FROM numbers)"),
        "",
        "zeroblob(32)",
    );
    conn.batch_execute(&format!("PRAGMA synchronous = OFF; BEGIN; {load} COMMIT;")).expect("tickets");
    conn
}

fn plan(conn: &mut SqliteConnection, statement: &Sql) -> Vec<Line> {
    let mut sql = Sql::text("EXPLAIN QUERY PLAN ");
    sql.append(statement);
    sql.planned::<(Integer, Integer, Integer, Text)>().load(conn).expect("a plan")
}

#[test]
fn every_list_is_read_along_an_index() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut conn = loaded(&directory);
    for (name, query) in queries() {
        let statements = Tx::new(&mut conn, Access::Read).statements(&query).expect("statements");
        for statement in statements {
            let lines = plan(&mut conn, &statement);
            if std::env::var("SHOW").is_ok_and(|wanted| name.contains(&wanted)) {
                println!("== {name}");
                lines.iter().for_each(|line| println!("{line:?}"));
            }
        }
        let start = std::time::Instant::now();
        Tx::new(&mut conn, Access::Read).list(&query).expect("a page");
        if start.elapsed().as_millis() > 30 { println!("SLOW {name} {:?}", start.elapsed()); }
    }
}
