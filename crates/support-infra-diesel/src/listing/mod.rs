//! Lists of tickets: how a filter, an order and a starting point become statements whose cost does not grow
//! with the table.
//!
//! A list is answered in a few statements:
//!
//! 1. **Probe**: each condition of the filter is counted by its own index, up to [`MAX_COUNT`] and one more.
//!    The smallest drives what follows: the *driver*.
//! 2. **Total**: the rows that meet every condition are counted, likewise capped, from the driver's index.
//!    With one condition the probe has said it.
//! 3. **Page**: in one of three [`Shape`]s, each of which reads a bounded number of rows.
//!
//! Every index begins or goes on with the status, and every list is merged from one *run* for each status.
//! Age and status go together, so without this a walk in the order of time would pass over all closed tickets
//! to find the open ones.
//!
//! The index to use is named to SQLite (`INDEXED BY`), which keeps no statistics; PostgreSQL plans by its
//! own, from statements that leave it no bad choice.

mod condition;
mod order;
mod page;
mod scope;
mod search;
mod source;
mod waiting;

use diesel::sql_types::{BigInt, SmallInt};
use support_domain::port::{MAX_COUNT, PageStart, Sort, SortField, TicketFilter, TicketQuery};
use support_domain::rules::access::Visibility;

use crate::crypto::BlindIndex;
use crate::statement::{Sql, Statement};
use condition::Condition;
use scope::{Created, Statuses, unique};
use search::Word;
use source::Source;
pub(crate) use waiting::{FoundId, next_waiting};

/// The most values of one condition that are looked up one by one.
const MAX_RUNS: usize = 8;

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
    statuses: Statuses,
    conditions: Vec<Condition>,
    created: Created,
    sort: Sort,
    start: PageStart,
    limit: u32,
}

/// How a page is read.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    /// Along the driver's runs, which are in the order of creation.
    AlongDriver,
    /// All matches by the driver's runs, at most [`MAX_COUNT`], then sorted.
    Collected,
    /// Along runs in the list's order, passing over what does not match, except in these statuses, which have
    /// few matches: there they are collected.
    AlongOrder(Vec<i16>),
}

impl Listing {
    /// The list that `query` asks for, where `departments` are the names of those that its filter names;
    /// `None` if nothing can match.
    pub(crate) fn new(
        flavor: Flavor,
        query: &TicketQuery,
        departments: Vec<String>,
        blind: &BlindIndex,
    ) -> Option<Self> {
        let TicketQuery { filter, sort, start, limit } = query;
        Some(Self {
            flavor,
            statuses: Statuses::new(&filter.status),
            conditions: conditions(filter, departments, blind)?,
            created: Created { from: filter.created_from, before: filter.created_before },
            sort: *sort,
            start: *start,
            limit: *limit,
        })
    }

    /// How many conditions there are to choose a driver from.
    pub(crate) const fn conditions(&self) -> usize {
        self.conditions.len()
    }

    /// Counts the matches of each condition alone. Returns pairs of the condition's place and its count.
    pub(crate) fn probes(&self) -> Statement<(BigInt, BigInt)> {
        let mut sql = Sql::default();
        for place in 0..self.conditions.len() {
            if place > 0 {
                sql.push(" UNION ALL ");
            }
            let count = self.capped_count(&self.sources(place), &[]);
            sql.push(format!("SELECT CAST({place} AS bigint), (")).append(&count).push(")");
        }
        sql.planned()
    }

    /// Counts the matches of all conditions, from the index of the condition at `driver`; `None` if that was
    /// its own count.
    pub(crate) fn total(&self, driver: usize) -> Option<Statement<BigInt>> {
        let tests = self.tests_beside(Some(driver));
        let is_probed = tests.is_empty() && !self.conditions.is_empty();
        (!is_probed).then(|| self.capped_count(&self.sources(driver), &tests).planned())
    }

    /// The condition to drive the list by, given the count of each.
    pub(crate) fn driver(&self, counts: &[(i64, i64)]) -> usize {
        let rank = |(place, count): &(i64, i64)| {
            let place = usize::try_from(*place).unwrap_or_default();
            let runs = self.conditions.get(place).is_some_and(Condition::has_status);
            (*count, !runs, place)
        };
        counts.iter().map(rank).min().map(|(_, _, place)| place).unwrap_or_default()
    }

    /// Counts the matches in each status, if the page needs to know: pairs of status and count.
    pub(crate) fn status_counts(&self, driver: usize, total: u64) -> Option<Statement<(SmallInt, BigInt)>> {
        let driving = self.conditions.get(driver).filter(|condition| condition.has_status())?;
        if total <= MAX_COUNT || self.sort.field == SortField::CreatedAt || self.is_in_runs() {
            return None;
        }
        let tests = self.tests_beside(Some(driver));
        let mut sql = Sql::default();
        for (n, rank) in self.statuses.ranks.iter().enumerate() {
            if n > 0 {
                sql.push(" UNION ALL ");
            }
            let one = Statuses { ranks: vec![*rank] };
            let count = self.capped_count(&driving.sources(self.flavor, &one), &tests);
            sql.push(format!("SELECT CAST({rank} AS smallint), (")).append(&count).push(")");
        }
        Some(sql.planned())
    }

    /// The statuses with few matches, given the counts in each.
    pub(crate) fn few(counts: &[(i16, i64)]) -> Vec<i16> {
        let few = |(_, count): &&(i16, i64)| u64::try_from(*count).is_ok_and(|count| count <= MAX_COUNT);
        counts.iter().filter(few).map(|(rank, _)| *rank).collect()
    }

    fn sources(&self, driver: usize) -> Vec<Source> {
        self.conditions
            .get(driver)
            .map_or_else(|| self.statuses.everything(), |driver| driver.sources(self.flavor, &self.statuses))
    }

    /// The tests of all conditions but the one at `driver`, and but the status if the sources that are read
    /// hold it: those of the driver, or without one the runs of an order.
    fn tests_beside(&self, driver: Option<usize>) -> Vec<Sql> {
        let holds_status =
            driver.and_then(|place| self.conditions.get(place)).is_none_or(Condition::has_status);
        let is_open = |(place, condition): &(usize, &Condition)| {
            Some(*place) != driver && !(holds_status && matches!(condition, Condition::Status))
        };
        let open = self.conditions.iter().enumerate().filter(is_open);
        open.map(|(_, condition)| condition.test(self.flavor, &self.statuses)).collect()
    }

    /// `SELECT count(*)` over the rows of `sources` that pass `tests`, up to one more than is counted
    /// exactly.
    fn capped_count(&self, sources: &[Source], tests: &[Sql]) -> Sql {
        let run = |source: &Source| {
            let mut wheres = self.created.tests(source.created);
            wheres.extend(tests.iter().cloned());
            let needs_ticket =
                !tests.is_empty() || (self.created.is_bounded() && source.needs_ticket_for_time());
            let mut run = Sql::text("SELECT 1 AS one FROM ");
            source.render(&mut run, self.flavor, &wheres, needs_ticket);
            // The order makes PostgreSQL read the index: it would guess that matches lie evenly in the table.
            if self.flavor == Flavor::Postgres && source.is_ordered {
                run.push(format!(" ORDER BY {}, {}", source.created, source.id));
            }
            run.push(format!(" LIMIT {}", MAX_COUNT + 1));
            run
        };
        let runs: Vec<Sql> = sources.iter().map(run).collect();
        let mut sql = Sql::text("SELECT count(*) FROM (");
        union(&mut sql, &runs);
        sql.push(format!(" LIMIT {}) AS counted", MAX_COUNT + 1));
        sql
    }

    fn shape(&self, driver: usize, total: u64, few: Vec<i16>) -> Shape {
        let is_few = total <= MAX_COUNT;
        if self.sort.field == SortField::CreatedAt {
            let ordered = self.sources(driver).iter().all(|source| source.is_ordered);
            return match (ordered, is_few) {
                (true, _) => Shape::AlongDriver,
                (false, true) => Shape::Collected,
                (false, false) => Shape::AlongOrder(few),
            };
        }
        if is_few && !self.is_in_runs() { Shape::Collected } else { Shape::AlongOrder(few) }
    }

    /// Whether the runs of the list's order hold exactly what is asked for.
    fn is_in_runs(&self) -> bool {
        let by_rank = matches!(self.sort.field, SortField::Priority | SortField::Status);
        let in_runs = |condition: &Condition| {
            matches!(condition, Condition::Status) || (by_rank && condition.priorities().is_some())
        };
        !self.created.is_bounded() && self.conditions.iter().all(in_runs)
    }
}

/// The conditions of `filter`, most selective first as far as can be guessed; `None` if they cannot be met.
fn conditions(filter: &TicketFilter, departments: Vec<String>, blind: &BlindIndex) -> Option<Vec<Condition>> {
    let customers = match filter.visibility {
        Visibility::Customer(id) if filter.customer.is_empty() || filter.customer.contains(&id) => vec![id],
        Visibility::Customer(_) => return None,
        Visibility::All | Visibility::Agent(_) => filter.customer.clone(),
    };
    if !filter.department.is_empty() && departments.is_empty() {
        return None;
    }
    if !filter.words.iter().all(|word| search::is_findable(word)) {
        return None;
    }
    let mut all = vec![Condition::Customer(unique(customers))];
    if let Visibility::Agent(id) = filter.visibility {
        all.push(Condition::Named(id));
    }
    all.push(Condition::AssignedTo(unique(filter.assigned_to.iter().copied())));
    all.push(Condition::Tag(unique(filter.tags.iter().map(|tag| tag.as_str().to_owned()))));
    let word = |text: String| Word { token: blind.word(&text), text };
    let telling = unique(filter.words.iter().filter(|word| search::tells_apart(word)).cloned());
    all.push(Condition::Words(telling.into_iter().map(word).collect()));
    if filter.unassigned {
        all.push(Condition::Unassigned);
    }
    all.push(Condition::Department(unique(departments)));
    all.push(Condition::Category(unique(filter.category.iter().map(|category| category.rank()))));
    all.push(Condition::Priority(unique(filter.priority.iter().map(|priority| priority.rank()))));
    all.retain(|condition| !condition.is_empty());
    // Other sources hold the status themselves.
    if !filter.status.is_empty() && !all.iter().any(Condition::has_status) {
        all.push(Condition::Status);
    }
    Some(all)
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
