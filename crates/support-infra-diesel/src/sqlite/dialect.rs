//! What SQLite does in its own way.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::Error as DieselError;
use diesel::sql_types::BigInt;

use crate::listing::Flavor;
use crate::statement::{Sql, Value};

pub(super) type Connection = SqliteConnection;
pub(super) type Db = <Connection as diesel::Connection>::Backend;

pub(super) const FLAVOR: Flavor = Flavor::Sqlite;

/// Whether transactions that write may use data keys that others read: the next of a group must see what one
/// before it has replaced, which nobody else does yet.
pub(super) const CACHED_WRITES: bool = false;

/// A query whose rows are kept from other transactions: here there is one writer, so nothing need be done.
macro_rules! locked {
    ($query:expr) => {
        $query
    };
}
pub(super) use locked;

/// Does `work` in a transaction in which nobody else writes.
pub(super) fn alone<T, E: From<DieselError>>(
    conn: &mut Connection,
    work: impl FnOnce(&mut Connection) -> Result<T, E>,
) -> Result<T, E> {
    conn.immediate_transaction(work)
}

/// Rows that nobody else holds: here nobody can.
macro_rules! claimed {
    ($query:expr) => {
        $query
    };
}
pub(super) use claimed;

/// As [`claimed`], at the end of a statement.
pub(super) const fn claim(_table: &str) -> &'static str {
    ""
}

/// Appends the statements that add rows: one for each, prepared once.
macro_rules! insert_rows {
    ($statements:ident, $small:expr, $table:expr, $rows:expr) => {
        for row in &$rows {
            $statements.push(Box::new(diesel::insert_into($table).values(row)));
        }
    };
}
pub(super) use insert_rows;

/// The next serial of a ticket number.
pub(super) fn next_serial(conn: &mut Connection, year: i32) -> QueryResult<i64> {
    let mut sql = Sql::text("INSERT INTO ticket_counters (year, last) SELECT ");
    sql.bind(Value::Number(year.into()))
        .push(", coalesce(max(number_serial), 0) + 1 FROM tickets WHERE number_year = ")
        .bind(Value::Number(year.into()))
        .push(" ON CONFLICT (year) DO UPDATE SET last = last + 1 RETURNING last");
    sql.prepared::<BigInt>().get_result(conn)
}

/// Executes statements one after another.
pub(super) fn execute_all(
    conn: &mut Connection,
    statements: Vec<Box<dyn QueryFragment<Db> + '_>>,
    _small: bool,
) -> QueryResult<()> {
    statements.into_iter().try_for_each(|statement| One(statement).execute(conn).map(drop))
}

/// A statement of any kind.
struct One<'a>(Box<dyn QueryFragment<Db> + 'a>);

impl QueryFragment<Db> for One<'_> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
}

impl QueryId for One<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<Connection> for One<'_> {}

/// The number of days from the Unix epoch to the day of `column`.
pub(super) fn day_of(column: &str) -> String {
    format!("({column} - (({column} % 86400000000) + 86400000000) % 86400000000) / 86400000000")
}

/// The microseconds between two columns.
pub(super) fn micros_between(start: &str, end: &str) -> String {
    format!("({end} - {start})")
}
