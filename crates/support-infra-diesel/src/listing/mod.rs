//! Lists of tickets: how a filter, an order and a starting point become statements whose cost does not grow with the
//! table.
//!
//! A list is answered in two or three statements:
//!
//! 1. **Probe**: each condition of the filter is counted by its own index, up to [`MAX_COUNT`] and one more. The smallest
//!    drives what follows: the *driver*.
//! 2. **Total**: the rows that meet every condition are counted, likewise capped, from the driver's index. With one
//!    condition the probe has said it.
//! 3. **Page**: in one of three [`Shape`]s, each of which reads a bounded number of rows.
//!
//! The index to use is named to SQLite (`INDEXED BY`), which keeps no statistics; PostgreSQL plans by its own, from
//! statements that leave it no bad choice.

mod condition;
mod page;
mod waiting;

use diesel::sql_types::BigInt;
use support_domain::port::{MAX_COUNT, Sort, SortField, Start, TicketFilter, TicketQuery};
use support_domain::rules::access::Visibility;
use support_domain::time::Timestamp;

use crate::statement::{Sql, Statement, Value};
use condition::{Condition, Source};
pub(crate) use waiting::{FoundId, next_waiting};

/// The most values of one condition that are looked up one by one.
const MAX_RUNS: usize = 16;

/// The longest word that is looked for, in bytes: PostgreSQL takes no longer ones, and no ticket has any.
const MAX_WORD: usize = 2_000;

/// Whether any ticket can have a word that begins with `word`: theirs have neither signs nor capitals.
fn is_findable(word: &str) -> bool {
    word.len() <= MAX_WORD
        && word.bytes().all(|byte| !byte.is_ascii() || byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// Which database a statement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavor {
    Postgres,
    Sqlite,
}

/// A list that is to be answered.
#[derive(Debug)]
pub(crate) struct Listing {
    flavor: Flavor,
    conditions: Vec<Condition>,
    created: Created,
    sort: Sort,
    start: Start,
    limit: u32,
}

/// When tickets were created that are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Created {
    from: Option<Timestamp>,
    before: Option<Timestamp>,
}

impl Created {
    /// The tests on `column`.
    fn tests(self, column: &'static str) -> Vec<Sql> {
        let test = |operator: &'static str, at: Timestamp| {
            let mut sql = Sql::text(column);
            sql.push(operator).bind(Value::moment(at));
            sql
        };
        let from = self.from.map(|at| test(" >= ", at));
        from.into_iter().chain(self.before.map(|at| test(" < ", at))).collect()
    }

    fn is_bounded(self) -> bool {
        self != Self::default()
    }
}

/// How a page is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Along the driver's index, which is in the order of creation: one run for each of its values, merged.
    AlongDriver,
    /// All matches by the driver's index, at most [`MAX_COUNT`], then sorted.
    Collected,
    /// Along an index in the list's order, passing over what does not match: for filters that many rows meet.
    AlongOrder,
}

impl Listing {
    /// The list that `query` asks for, where `departments` are the names of those that its filter names; `None` if nothing can
    /// match.
    pub(crate) fn new(flavor: Flavor, query: &TicketQuery, departments: Vec<String>) -> Option<Self> {
        let TicketQuery { filter, sort, start, limit } = query;
        Some(Self {
            flavor,
            conditions: conditions(filter, departments)?,
            created: Created { from: filter.created_from, before: filter.created_before },
            sort: *sort,
            start: *start,
            limit: *limit,
        })
    }

    /// How many conditions there are to choose a driver from.
    pub(crate) fn conditions(&self) -> usize {
        self.conditions.len()
    }

    /// Counts the matches of each condition alone. Answers pairs of the condition's place and its count.
    pub(crate) fn probes(&self) -> Statement<(BigInt, BigInt)> {
        let mut sql = Sql::default();
        for (place, condition) in self.conditions.iter().enumerate() {
            if place > 0 {
                sql.push(" UNION ALL ");
            }
            let count = self.capped_count(&condition.sources(self.flavor), &[]);
            sql.push(format!("SELECT CAST({place} AS bigint), (")).append(&count).push(")");
        }
        sql.planned()
    }

    /// Counts the matches of all conditions, from the index of the condition at `driver`.
    pub(crate) fn total(&self, driver: usize) -> Statement<BigInt> {
        self.capped_count(&self.sources(driver), &self.tests_beside(Some(driver))).planned()
    }

    /// The condition to drive the list by, given the count of each.
    pub(crate) fn driver(&self, counts: &[(i64, i64)]) -> usize {
        let rank = |(place, count): &(i64, i64)| {
            let place = usize::try_from(*place).unwrap_or_default();
            let unordered = self.conditions.get(place).is_none_or(|condition| !condition.is_ordered());
            (*count, unordered, place)
        };
        counts.iter().map(rank).min().map(|(_, _, place)| place).unwrap_or_default()
    }

    fn sources(&self, driver: usize) -> Vec<Source> {
        self.conditions.get(driver).map_or_else(|| vec![Source::everything()], |driver| driver.sources(self.flavor))
    }

    /// The tests of all conditions but the one at `driver`.
    fn tests_beside(&self, driver: Option<usize>) -> Vec<Sql> {
        let others = self.conditions.iter().enumerate().filter(|(place, _)| Some(*place) != driver);
        others.map(|(_, condition)| condition.test(self.flavor)).collect()
    }

    /// `SELECT count(*)` over the rows of `sources` that pass `tests`, up to one more than is counted exactly.
    fn capped_count(&self, sources: &[Source], tests: &[Sql]) -> Sql {
        let ordered = self.flavor == Flavor::Postgres && !self.conditions.iter().any(Condition::is_search);
        let runs: Vec<Sql> = sources
            .iter()
            .map(|source| {
                let mut wheres = self.created.tests(source.created);
                wheres.extend(tests.iter().cloned());
                let needs_ticket = !tests.is_empty() || (self.created.is_bounded() && source.needs_ticket_for_time());
                let mut run = Sql::text("SELECT 1 AS one FROM ");
                source.render(&mut run, self.flavor, &wheres, needs_ticket);
                // The order makes PostgreSQL read the index: it would guess that matches lie evenly in the table.
                if ordered && source.is_ordered {
                    run.push(format!(" ORDER BY {}, {}", source.created, source.id));
                }
                run.push(format!(" LIMIT {}", MAX_COUNT + 1));
                run
            })
            .collect();
        let mut sql = Sql::text("SELECT count(*) FROM (");
        union(&mut sql, &runs);
        sql.push(format!(" LIMIT {}) AS counted", MAX_COUNT + 1));
        sql
    }

    fn shape(&self, driver: usize, total: u64) -> Shape {
        let few = total <= MAX_COUNT;
        let driven_in_order = self.conditions.get(driver).is_none_or(Condition::is_ordered);
        if self.sort.field == SortField::CreatedAt {
            return match (driven_in_order, few) {
                (true, _) => Shape::AlongDriver,
                (false, true) => Shape::Collected,
                (false, false) => Shape::AlongOrder,
            };
        }
        let runs = page::run_kind(self.sort.field);
        let all_in_runs = !self.created.is_bounded() && self.conditions.iter().all(|condition| condition.is(runs));
        if few && !all_in_runs { Shape::Collected } else { Shape::AlongOrder }
    }
}

/// The conditions of `filter`, most selective first as far as can be guessed; `None` if they cannot be met.
fn conditions(filter: &TicketFilter, departments: Vec<String>) -> Option<Vec<Condition>> {
    let mut all = Vec::new();
    let customers = match filter.visibility {
        Visibility::Customer(id) if filter.customer.is_empty() || filter.customer.contains(&id) => vec![id],
        Visibility::Customer(_) => return None,
        Visibility::All | Visibility::Agent(_) => filter.customer.clone(),
    };
    if !filter.department.is_empty() && departments.is_empty() {
        return None;
    }
    if !filter.words.iter().all(|word| is_findable(word)) {
        return None;
    }
    all.push(Condition::Customer(unique(customers)));
    if let Visibility::Agent(id) = filter.visibility {
        all.push(Condition::Named(id));
    }
    all.push(Condition::AssignedTo(unique(filter.assigned_to.clone())));
    all.push(Condition::Tag(unique(filter.tags.iter().map(|tag| tag.as_str().to_owned()))));
    all.push(Condition::Words(unique(filter.words.iter().filter(|word| !word.is_empty()).cloned())));
    all.push(Condition::Department(unique(departments)));
    all.push(Condition::Status(unique(filter.status.iter().map(|status| status.rank()))));
    all.push(Condition::Category(unique(filter.category.iter().map(|category| category.rank()))));
    all.push(Condition::Priority(unique(filter.priority.iter().map(|priority| priority.rank()))));
    if filter.unassigned {
        all.push(Condition::Unassigned);
    }
    all.retain(|condition| !condition.is_empty());
    Some(all)
}

fn unique<T: Ord>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.into_iter().collect();
    values.sort();
    values.dedup();
    values
}

/// Appends the union of `runs`, each of which may have an order and a limit of its own.
fn union(sql: &mut Sql, runs: &[Sql]) {
    for (n, run) in runs.iter().enumerate() {
        if n > 0 {
            sql.push(" UNION ALL ");
        }
        sql.push("SELECT * FROM (").append(run).push(format!(") AS run{n}"));
    }
}
