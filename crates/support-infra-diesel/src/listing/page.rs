//! One page of a list.

use std::cmp::Ordering;

use support_domain::port::{MAX_COUNT, SortField, Start, TicketCursor};
use support_domain::time::Timestamp;
use support_domain::value::{Priority, Status};

use crate::listing::condition::{RunKind, Source};
use crate::listing::{Listing, Shape, union};
use crate::rows::TICKET_COLUMNS;
use crate::statement::{Sql, Statement, Value};

/// The first moment of the year 1 and the last of 9999: PostgreSQL takes no time far beyond, and no ticket has one.
const FIRST_MOMENT: i64 = -62_135_596_800_000_000;
const LAST_MOMENT: i64 = 253_402_300_799_999_999;

/// The kind of condition whose values divide tickets into runs that an index keeps in the order of `field`.
pub(super) const fn run_kind(field: SortField) -> RunKind {
    match field {
        SortField::CreatedAt | SortField::UpdatedAt | SortField::LastMessageAt | SortField::Status => RunKind::Status,
        SortField::Priority => RunKind::Priority,
    }
}

impl Listing {
    /// The rows of the page and one more, if there is one; `driver` and `total` as counted before.
    pub(crate) fn page<Row>(&self, driver: usize, total: u64) -> Statement<Row> {
        let runs: Vec<Sql> = match self.shape(driver, total) {
            Shape::AlongDriver => self.along(driver, true),
            Shape::Collected => self.along(driver, false),
            Shape::AlongOrder => self.along_order(),
        };
        let mut sql = Sql::text("WITH found AS ");
        sql.push("MATERIALIZED (");
        union(&mut sql, &runs);
        sql.push("), page AS MATERIALIZED (SELECT id, key FROM found");
        sql.push(self.order_by("key", "id")).push(format!(" LIMIT {}", self.limit + 1));
        if let Start::Skip(count) = self.start {
            sql.push(format!(" OFFSET {count}"));
        }
        sql.push(format!(") SELECT {TICKET_COLUMNS} FROM page CROSS JOIN tickets WHERE tickets.id = page.id"));
        sql.push(self.order_by("page.key", "page.id"));
        sql.planned()
    }

    /// The matches that the driver's sources hold: each source's first ones in order, or all.
    fn along(&self, driver: usize, in_order: bool) -> Vec<Sql> {
        let tests = self.tests_beside(Some(driver));
        let run = |source: &Source| {
            let key = if self.sort.field == SortField::CreatedAt { source.created } else { self.key_column() };
            let mut wheres = self.created.tests(source.created);
            wheres.extend(self.behind(key, source.id));
            wheres.extend(tests.iter().cloned());
            self.run(source, key, &wheres, in_order)
        };
        self.sources(driver).iter().map(run).collect()
    }

    /// The first matches in the list's order, each run along its index.
    fn along_order(&self) -> Vec<Sql> {
        if self.sort.field == SortField::CreatedAt {
            let source = Source::everything();
            let mut wheres = self.created.tests(source.created);
            wheres.extend(self.behind(source.created, source.id));
            wheres.extend(self.tests_beside(None));
            return vec![self.run(&source, source.created, &wheres, true)];
        }
        let kind = run_kind(self.sort.field);
        let (index, column) = match self.sort.field {
            SortField::CreatedAt | SortField::UpdatedAt => ("tickets_status_updated", "tickets.status"),
            SortField::LastMessageAt => ("tickets_status_last_message", "tickets.status"),
            SortField::Status => ("tickets_status", "tickets.status"),
            SortField::Priority => ("tickets_priority", "tickets.priority"),
        };
        let place = self.conditions.iter().position(|condition| condition.is(kind));
        let chosen = place.and_then(|place| self.conditions.get(place)).and_then(|c| c.ranks_of(kind)).cloned();
        let ranks = chosen.unwrap_or_else(|| match kind {
            RunKind::Status => Status::ALL.iter().map(|status| status.rank()).collect(),
            RunKind::Priority => Priority::ALL.iter().map(|priority| priority.rank()).collect(),
        });
        let mut tests = self.created.tests("tickets.created_at");
        tests.extend(self.tests_beside(place));
        let run = |rank: i16| {
            let place = self.run_place(rank);
            let source = Source::run(index, Sql::text(format!("{column} = {rank}")));
            let mut wheres = tests.clone();
            wheres.extend(self.behind_in_run().filter(|_| place.is_eq()));
            place.is_ge().then(|| self.run(&source, self.key_column(), &wheres, true))
        };
        let runs: Vec<Sql> = ranks.into_iter().filter_map(run).collect();
        if runs.is_empty() { vec![self.nothing()] } else { runs }
    }

    /// One run: the keys and ids of a source, in order up to the last that the page could need, or all.
    fn run(&self, source: &Source, key: &'static str, wheres: &[Sql], in_order: bool) -> Sql {
        let mut sql = Sql::text(format!("SELECT {} AS id, {key} AS key FROM ", source.id));
        source.render(&mut sql, self.flavor, wheres, true);
        if in_order {
            let skipped = if let Start::Skip(count) = self.start { count } else { 0 };
            // Under one rank an index by rank is in the order of ids alone.
            let order = if self.is_by_rank() {
                format!(" ORDER BY {}", self.direction(source.id))
            } else {
                self.order_by(key, source.id)
            };
            sql.push(order).push(format!(" LIMIT {}", u64::from(skipped) + u64::from(self.limit) + 1));
        } else {
            sql.push(format!(" LIMIT {}", MAX_COUNT + 1));
        }
        sql
    }

    /// A run without rows.
    fn nothing(&self) -> Sql {
        Sql::text(format!("SELECT tickets.id AS id, {} AS key FROM tickets WHERE FALSE", self.key_column()))
    }

    const fn key_column(&self) -> &'static str {
        match self.sort.field {
            SortField::CreatedAt => "tickets.created_at",
            SortField::UpdatedAt => "tickets.updated_at",
            SortField::Priority => "tickets.priority",
            SortField::Status => "tickets.status",
            SortField::LastMessageAt => "tickets.last_message_at",
        }
    }

    fn direction(&self, column: &str) -> String {
        format!("{column}{}", if self.sort.descending { " DESC" } else { "" })
    }

    fn order_by(&self, key: &str, id: &str) -> String {
        format!(" ORDER BY {}, {}", self.direction(key), self.direction(id))
    }

    /// The test that a row lies behind the cursor, if there is one.
    fn behind(&self, key: &'static str, id: &'static str) -> Option<Sql> {
        let Start::After(cursor) = self.start else { return None };
        let mut sql = Sql::text(format!("({key}, {id}) {} (", self.comparison()));
        sql.bind(self.cursor_key(cursor)).push(", ").bind(Value::id(cursor.id)).push(")");
        Some(sql)
    }

    /// Whether the list is ordered by the ranks by which runs are told apart.
    const fn is_by_rank(&self) -> bool {
        matches!(self.sort.field, SortField::Status | SortField::Priority)
    }

    /// Where the run of `rank` lies from the run of the cursor: before it, in it or behind it. Without a cursor, or in an
    /// order that goes across all runs, every run is like the cursor's.
    fn run_place(&self, rank: i16) -> Ordering {
        match self.start {
            Start::After(cursor) if self.is_by_rank() => {
                let order = i64::from(rank).cmp(&cursor.key);
                if self.sort.descending { order.reverse() } else { order }
            }
            _ => Ordering::Equal,
        }
    }

    /// The test that a row of the cursor's run lies behind the cursor, if there is one.
    fn behind_in_run(&self) -> Option<Sql> {
        match self.start {
            Start::After(cursor) if self.is_by_rank() => {
                let mut sql = Sql::text(format!("tickets.id {} ", self.comparison()));
                sql.bind(Value::id(cursor.id));
                Some(sql)
            }
            _ => self.behind(self.key_column(), "tickets.id"),
        }
    }

    const fn comparison(&self) -> &'static str {
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

