//! Which statuses and which time a list is about: what every source of it takes in.

use support_domain::time::Timestamp;
use support_domain::value::Status;

use crate::listing::condition::ranked;
use crate::listing::source::Source;
use crate::statement::{Sql, Value};

/// The statuses that are listed.
#[derive(Clone, Debug)]
pub(super) struct Statuses {
    pub(super) ranks: Vec<i16>,
}

impl Statuses {
    pub(super) fn new(chosen: &[Status]) -> Self {
        let all = if chosen.is_empty() { Status::ALL } else { chosen };
        Self { ranks: unique(all.iter().map(|status| status.rank())) }
    }

    /// The sources of `lookup` in an index, one for each status.
    pub(super) fn each(&self, index: &'static str, lookup: &Sql) -> impl Iterator<Item = Source> {
        self.ranks.iter().map(move |rank| {
            let mut lookup = lookup.clone();
            lookup.push(format!(" AND tickets.status = {rank}"));
            Source::tickets(index, lookup, true)
        })
    }

    /// All tickets, by creation.
    pub(super) fn everything(&self) -> Vec<Source> {
        let source = |rank: &i16| {
            Source::tickets("tickets_created", Sql::text(format!("tickets.status = {rank}")), true)
        };
        self.ranks.iter().map(source).collect()
    }

    /// The test on a row of `tickets`.
    pub(super) fn test(&self) -> Sql {
        ranked("tickets.status", &self.ranks)
    }
}

/// When tickets were created that are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Created {
    pub(super) from: Option<Timestamp>,
    pub(super) before: Option<Timestamp>,
}

impl Created {
    /// The tests on `column`.
    pub(super) fn tests(self, column: &'static str) -> Vec<Sql> {
        let test = |operator: &'static str, at: Timestamp| {
            let mut sql = Sql::text(column);
            sql.push(operator).bind(Value::moment(at));
            sql
        };
        let from = self.from.map(|at| test(" >= ", at));
        from.into_iter().chain(self.before.map(|at| test(" < ", at))).collect()
    }

    pub(super) fn is_bounded(self) -> bool {
        self != Self::default()
    }
}

/// The values in order, each once.
pub(super) fn unique<T: Ord>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.into_iter().collect();
    values.sort();
    values.dedup();
    values
}
