//! The next waiting ticket.

use support_domain::id::TicketId;
use support_domain::port::WaitingScope;

use crate::listing::{Flavor, union};
use crate::statement::{Sql, Statement, Value};
use crate::types::{DbId, Id};

/// A ticket's id as a row of its own.
pub(crate) type FoundId = (DbId<TicketId>,);

const ORDER: &str = " ORDER BY priority DESC, created_at, id LIMIT 1";

/// Looks for the oldest of the most urgent waiting tickets in one of `scopes`: the first of each run of the
/// two waiting indexes, and the first of those. `None` if there is no scope.
pub(crate) fn next_waiting(flavor: Flavor, scopes: &[WaitingScope]) -> Option<Statement<(Id,)>> {
    let mut runs = Vec::new();
    for scope in scopes {
        let mut sql = run(flavor, "tickets_waiting_department");
        sql.push("department = (SELECT name FROM departments WHERE name_key = ")
            .bind(Value::Text(scope.department.key().to_owned()))
            .push(")")
            .push(ORDER);
        runs.push(sql);
        for category in &scope.categories {
            let mut sql = run(flavor, "tickets_waiting_category");
            sql.push(format!("department IS NULL AND category = {}", category.rank())).push(ORDER);
            runs.push(sql);
        }
    }
    if runs.is_empty() {
        return None;
    }
    let mut sql = Sql::text("SELECT id FROM (");
    union(&mut sql, &runs);
    sql.push(") AS firsts").push(ORDER);
    Some(sql.planned())
}

fn run(flavor: Flavor, index: &'static str) -> Sql {
    let hint = match flavor {
        Flavor::Postgres => String::new(),
        Flavor::Sqlite => format!(" INDEXED BY {index}"),
    };
    Sql::text(format!("SELECT id, priority, created_at FROM tickets{hint} WHERE waiting AND "))
}
