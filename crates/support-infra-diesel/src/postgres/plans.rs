//! How PostgreSQL reads many tickets: by an index, and no more rows than a list can need.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::Value;
use support_testkit::postgres::{Cluster, Database};

use super::PostgresStore;
use super::queries::Tx;
use crate::options::Options;
use crate::plans::{TICKETS, Words, crypto, load, queries, waiting_scopes};
use crate::statement::Sql;
use crate::work::Access;

const WORDS: Words = Words {
    id: |n| format!("CAST(lpad(to_hex(CAST({n} AS bigint)), 32, '0') AS uuid)"),
    moment: |micros| format!("(timestamptz 'epoch' + ({micros}) * interval '1 microsecond')"),
    numbers: |count| {
        format!("(SELECT CAST(n AS bigint) AS n FROM generate_series(1, {count}) AS n) AS numbers")
    },
    document: "::jsonb",
    zeros: "decode(repeat('00', 32), 'hex')",
};

/// The most rows that one step of a plan may read: an exact count ends at 10,000, of which a test may pass
/// over some. It is far below the number of tickets.
const MOST: f64 = 35_000.0;

fn loaded(database: &Database) -> PgConnection {
    PostgresStore::migrate(&database.url(), &Options::default()).expect("migrations");
    let mut conn = PgConnection::establish(&database.url()).expect("a connection");
    conn.batch_execute("SET jit = off").expect("a setting");
    conn.batch_execute(&load(&WORDS, &crypto().blind)).expect("tickets");
    conn.batch_execute("VACUUM ANALYZE").expect("statistics");
    conn
}

fn plan(conn: &mut PgConnection, statement: &Sql) -> Value {
    let mut sql = Sql::text("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ");
    sql.append(statement);
    let text: String = sql.planned::<Text>().get_result(conn).expect("a plan");
    serde_json::from_str(&text).expect("JSON")
}

#[track_caller]
fn assert_bounded(name: &str, node: &Value) {
    let number = |field: &str| node[field].as_f64().unwrap_or_default();
    let passed_over = number("Rows Removed by Filter") + number("Rows Removed by Index Recheck");
    let read = (number("Actual Rows") + passed_over) * number("Actual Loops");
    assert!(read <= MOST, "{name}: {read} rows in {node:#}");
    let table = node["Relation Name"].as_str().unwrap_or_default();
    // Reading the words of many tickets until enough have one is quicker than asking the index for all of
    // them.
    let is_scan = node["Node Type"] == "Seq Scan" && ["tickets", "ticket_tags"].contains(&table);
    assert!(!is_scan, "{name}: reads the table {table}: {node:#}");
    for child in node["Plans"].as_array().into_iter().flatten() {
        assert_bounded(name, child);
    }
}

#[test]
fn every_list_is_read_along_an_index() {
    let cluster = Cluster::shared().expect("a cluster");
    let database = Database::empty(&cluster).expect("a database");
    let mut conn = loaded(&database);
    assert!(f64::from(i32::try_from(TICKETS).expect("small")) > 2.0 * MOST);
    let crypto = crypto();
    for (name, query) in queries() {
        for statement in Tx::new(&mut conn, Access::Read, &crypto).statements(&query).expect("statements") {
            assert_bounded(&name, &plan(&mut conn, &statement)[0]["Plan"]);
        }
    }
    let waiting =
        crate::listing::next_waiting(super::dialect::FLAVOR, &waiting_scopes()).expect("scopes").into_sql();
    assert_bounded("next waiting", &plan(&mut conn, &waiting)[0]["Plan"]);
}
