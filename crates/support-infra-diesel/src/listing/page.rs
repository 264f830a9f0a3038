//! One page of a list.

use support_domain::port::{MAX_COUNT, PageStart, SortField, TicketCursor};
use support_domain::time::Timestamp;

use crate::listing::source::Source;
use crate::listing::{Listing, Shape, union};
use crate::rows::TICKET_COLUMNS;
use crate::statement::{Sql, Statement, Value};

/// The first moment of the year 1 and the last of 9999: PostgreSQL takes no time far beyond, and no ticket
/// has one.
const FIRST_MOMENT: i64 = -62_135_596_800_000_000;
const LAST_MOMENT: i64 = 253_402_300_799_999_999;

impl Listing {
    /// The rows of the page and one more, if there is one; `driver`, `total` and the statuses with `few`
    /// matches as counted before. `None` if the cursor lies behind all rows.
    pub(crate) fn page<Row>(&self, driver: usize, total: u64, few: Vec<i16>) -> Option<Statement<Row>> {
        let shape = self.shape(driver, total, few);
        let runs: Vec<Sql> = match &shape {
            Shape::AlongDriver => self.along_driver(driver),
            Shape::Collected => self.collect_from(&self.sources(driver), &self.tests_beside(Some(driver))),
            Shape::AlongOrder(few) => self.along_order(driver, few),
        };
        if runs.is_empty() {
            return None;
        }
        let mut sql = Sql::text("WITH found AS MATERIALIZED (");
        union(&mut sql, &runs);
        sql.push("), page AS MATERIALIZED (SELECT id, key FROM found");
        // What was collected is few; the test there would only tempt the database to another index.
        if let Some(test) = self.behind("key", "id") {
            sql.push(" WHERE ").append(&test);
        }
        sql.push(self.order_by("key", "id")).push(format!(" LIMIT {}", self.limit + 1));
        if let PageStart::Skip(count) = self.start {
            sql.push(format!(" OFFSET {count}"));
        }
        sql.push(format!(
            ") SELECT {TICKET_COLUMNS} FROM page CROSS JOIN tickets WHERE tickets.id = page.id"
        ));
        sql.push(self.order_by("page.key", "page.id"));
        Some(sql.planned())
    }

    /// The first matches of each of the driver's runs.
    fn along_driver(&self, driver: usize) -> Vec<Sql> {
        let tests = self.tests_beside(Some(driver));
        let run = |source: &Source| {
            let mut wheres = self.created.tests(source.created);
            wheres.extend(self.behind(source.created, source.id));
            wheres.extend(tests.iter().cloned());
            self.run(source, source.created, &wheres, Some(self.order_by(source.created, source.id)))
        };
        self.sources(driver).iter().map(run).collect()
    }

    /// All matches in `sources`.
    pub(super) fn collect_from(&self, sources: &[Source], tests: &[Sql]) -> Vec<Sql> {
        let run = |source: &Source| {
            let mut wheres = self.created.tests(source.created);
            wheres.extend(tests.iter().cloned());
            self.run(source, self.key_column(), &wheres, None)
        };
        sources.iter().map(run).collect()
    }

    /// One run: the keys and ids of a source, in an order up to the last that the page could need, or all.
    pub(super) fn run(
        &self,
        source: &Source,
        key: &'static str,
        wheres: &[Sql],
        order: Option<String>,
    ) -> Sql {
        let mut sql = Sql::text(format!("SELECT {} AS id, {key} AS key FROM ", source.id));
        source.render(&mut sql, self.flavor, wheres, true);
        if let Some(order) = order {
            let skipped = if let PageStart::Skip(count) = self.start { count } else { 0 };
            sql.push(order).push(format!(" LIMIT {}", u64::from(skipped) + u64::from(self.limit) + 1));
        } else {
            sql.push(format!(" LIMIT {}", MAX_COUNT + 1));
        }
        sql
    }

    pub(super) const fn key_column(&self) -> &'static str {
        match self.sort.field {
            SortField::CreatedAt => "tickets.created_at",
            SortField::UpdatedAt => "tickets.updated_at",
            SortField::Priority => "tickets.priority",
            SortField::Status => "tickets.status",
            SortField::LastMessageAt => "tickets.last_message_at",
        }
    }

    pub(super) fn direction(&self, column: &str) -> String {
        format!("{column}{}", if self.sort.descending { " DESC" } else { "" })
    }

    pub(super) fn order_by(&self, key: &str, id: &str) -> String {
        format!(" ORDER BY {}, {}", self.direction(key), self.direction(id))
    }

    /// The test that a row lies behind the cursor, if there is one.
    pub(super) fn behind(&self, key: &'static str, id: &'static str) -> Option<Sql> {
        let PageStart::After(cursor) = self.start else { return None };
        let mut sql = Sql::text(format!("({key}, {id}) {} (", self.comparison()));
        sql.bind(self.cursor_key(cursor)).push(", ").bind(Value::id(cursor.id)).push(")");
        Some(sql)
    }

    pub(super) const fn comparison(&self) -> &'static str {
        if self.sort.descending { "<" } else { ">" }
    }

    fn cursor_key(&self, cursor: TicketCursor) -> Value {
        match self.sort.field {
            SortField::Priority | SortField::Status => Value::Number(cursor.key),
            SortField::CreatedAt | SortField::UpdatedAt | SortField::LastMessageAt => {
                Value::moment(Timestamp::from_micros(cursor.key.clamp(FIRST_MOMENT, LAST_MOMENT)))
            }
        }
    }
}
