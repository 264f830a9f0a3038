//! What PostgreSQL does in its own way.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::Error as DieselError;
use diesel::sql_types::BigInt;

use crate::listing::Flavor;
use crate::statement::{Sql, Value};

pub(super) type Connection = PgConnection;
pub(super) type Db = Pg;

pub(super) const FLAVOR: Flavor = Flavor::Postgres;

/// Whether transactions that write may use data keys that others read.
pub(super) const CACHED_WRITES: bool = true;

/// A query whose rows are kept from other transactions until this one ends. The lock leaves room for foreign
/// keys that point to the row, so that a new ticket need not wait for the agent it names.
macro_rules! locked {
    ($query:expr) => {
        $query.for_no_key_update()
    };
}
pub(super) use locked;

/// Does `work` in a transaction of its own.
pub(super) fn alone<T, E: From<DieselError>>(
    conn: &mut Connection,
    work: impl FnOnce(&mut Connection) -> Result<T, E>,
) -> Result<T, E> {
    diesel::Connection::transaction(conn, work)
}

/// Rows that nobody else holds, kept from others until the transaction ends.
macro_rules! claimed {
    ($query:expr) => {
        $query.for_no_key_update().skip_locked()
    };
}
pub(super) use claimed;

/// As [`claimed`], at the end of a statement.
pub(super) fn claim(table: &str) -> String {
    format!(" FOR NO KEY UPDATE OF {table} SKIP LOCKED")
}

/// Rows of one `INSERT`: a statement takes at most 65,535 values.
pub(super) const BATCH: usize = 500;

/// Appends the statements that add rows: a few by one each, which is prepared once; many together.
macro_rules! insert_rows {
    ($statements:ident, $small:expr, $table:expr, $rows:expr) => {
        if $small {
            for row in &$rows {
                $statements.push(Box::new(diesel::insert_into($table).values(row)));
            }
        } else {
            for rows in $rows.chunks($crate::postgres::dialect::BATCH) {
                $statements.push(Box::new(diesel::insert_into($table).values(rows)));
            }
        }
    };
}
pub(super) use insert_rows;

/// The next serial of a ticket number.
pub(super) fn next_serial(conn: &mut Connection, year: i32) -> QueryResult<i64> {
    let mut sql = Sql::text("SELECT next_ticket_number(CAST(");
    sql.bind(Value::Number(year.into())).push(" AS integer))");
    sql.prepared::<BigInt>().get_result(conn)
}

/// Executes statements: small ones in one round trip, where all but the last become parts of its `WITH`
/// clause. They see the state before any of them; foreign keys are checked behind the last.
pub(super) fn execute_all(
    conn: &mut Connection,
    statements: Vec<Box<dyn QueryFragment<Db> + '_>>,
    small: bool,
) -> QueryResult<()> {
    if small {
        return Together(statements).execute(conn).map(drop);
    }
    statements.into_iter().try_for_each(|statement| Together(vec![statement]).execute(conn).map(drop))
}

/// See [`execute_all`].
struct Together<'a>(Vec<Box<dyn QueryFragment<Pg> + 'a>>);

impl QueryFragment<Pg> for Together<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Some((last, others)) = self.0.split_last() else { return Ok(()) };
        for (n, statement) in others.iter().enumerate() {
            out.push_sql(if n == 0 { "WITH " } else { ", " });
            out.push_sql(&format!("part{n} AS ("));
            statement.walk_ast(out.reborrow())?;
            out.push_sql(")");
        }
        if !others.is_empty() {
            out.push_sql(" ");
        }
        last.walk_ast(out.reborrow())
    }
}

impl QueryId for Together<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<Connection> for Together<'_> {}

/// The number of days from the Unix epoch to the day of `column`.
pub(super) fn day_of(column: &str) -> String {
    format!("CAST(floor(extract(epoch FROM {column}) / 86400) AS bigint)")
}

/// The microseconds between two columns.
pub(super) fn micros_between(start: &str, end: &str) -> String {
    format!("CAST((extract(epoch FROM {end}) - extract(epoch FROM {start})) * 1000000 AS bigint)")
}
