//! How PostgreSQL reads many tickets: by an index, always.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use support_domain::port::TicketRepository;
use support_testkit::postgres::{Cluster, Database};

use super::queries::Tx;
use crate::options::Options;
use crate::plans::{load_sql, queries};
use crate::statement::Sql;
use crate::work::Access;

fn loaded(database: &Database) -> PgConnection {
    super::PostgresStore::migrate(&database.url(), &Options::default()).expect("migrations");
    let mut conn = PgConnection::establish(&database.url()).expect("a connection");
    let load = load_sql(
        |n| format!("CAST(lpad(to_hex(CAST({n} AS bigint)), 32, '0') AS uuid)"),
        |micros| format!("(timestamptz 'epoch' + ({micros}) * interval '1 microsecond')"),
        |count| format!("(SELECT CAST(n AS bigint) AS n FROM generate_series(1, {count}) AS n) AS numbers"),
        "::jsonb",
        "decode(repeat('00', 32), 'hex')",
    );
    conn.batch_execute(&format!("SET jit = off; {load} VACUUM ANALYZE")).or_else(|_| {
        conn.batch_execute(&format!("BEGIN; {load} COMMIT;"))?;
        conn.batch_execute("VACUUM ANALYZE")
    }).expect("tickets");
    conn
}

#[test]
fn every_list_is_read_along_an_index() {
    let cluster = Cluster::shared().expect("a cluster");
    let database = Database::empty(&cluster).expect("a database");
    let mut conn = loaded(&database);
    for (name, query) in queries() {
        let statements = Tx::new(&mut conn, Access::Read).statements(&query).expect("statements");
        for statement in statements {
            let mut sql = Sql::text("EXPLAIN (ANALYZE, TIMING OFF) ");
            sql.append(&statement);
            let lines: Vec<String> = sql.planned::<Text>().load(&mut conn).expect("a plan");
            if std::env::var("SHOW").is_ok_and(|wanted| name.contains(&wanted)) || lines.iter().any(|l| l.contains("Seq Scan on tickets")) {
                println!("== {name}");
                lines.iter().for_each(|line| println!("{line}"));
            }
        }
        let start = std::time::Instant::now();
        Tx::new(&mut conn, Access::Read).list(&query).expect("a page");
        if start.elapsed().as_millis() > 30 { println!("SLOW {name} {:?}", start.elapsed()); }
    }
}
