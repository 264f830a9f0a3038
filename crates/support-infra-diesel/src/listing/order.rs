//! Pages along indexes in the list's own order: one run for each status, or for each status and priority,
//! merged.

use std::cmp::Ordering;

use support_domain::port::{PageStart, SortField};
use support_domain::value::Priority;

use crate::listing::condition::Condition;
use crate::listing::scope::Statuses;
use crate::listing::source::Source;
use crate::listing::{Flavor, Listing};
use crate::statement::{Sql, Value};

impl Listing {
    /// The first matches in the list's order; no run if the cursor lies behind all. In the statuses `few` all
    /// matches are taken instead, by the driver's index.
    pub(super) fn along_order(&self, driver: usize, few: &[i16]) -> Vec<Sql> {
        let (few, many): (Vec<i16>, Vec<i16>) =
            self.statuses.ranks.iter().partition(|rank| few.contains(rank));
        let mut runs: Vec<Sql> = match self.sort.field {
            SortField::CreatedAt | SortField::UpdatedAt | SortField::LastMessageAt => {
                many.into_iter().map(|status| self.time_run(status)).collect()
            }
            SortField::Priority | SortField::Status => {
                many.into_iter().flat_map(|status| self.rank_runs(status)).collect()
            }
        };
        if let Some(driving) = self.conditions.get(driver).filter(|_| !few.is_empty()) {
            let sources = driving.sources(self.flavor, &Statuses { ranks: few });
            runs.extend(self.collect_from(&sources, &self.tests_beside(Some(driver))));
        }
        runs
    }

    /// The run of one status by a time.
    fn time_run(&self, status: i16) -> Sql {
        let index = match self.sort.field {
            SortField::UpdatedAt => "tickets_updated",
            SortField::LastMessageAt => "tickets_last_message",
            _ => "tickets_created",
        };
        let key = self.key_column();
        let source = Source::tickets(index, Sql::text(format!("tickets.status = {status}")), false);
        let mut wheres: Vec<Sql> = self.behind(key, source.id).into_iter().collect();
        wheres.extend(self.created.tests(source.created));
        wheres.extend(self.tests_beside(None));
        self.run(&source, key, &wheres, Some(self.order_by(key, source.id)))
    }

    /// The runs of one status by priority and id, without those that lie before the cursor.
    fn rank_runs(&self, status: i16) -> Vec<Sql> {
        let place = self.conditions.iter().position(|condition| condition.priorities().is_some());
        let chosen = place.and_then(|place| self.conditions.get(place)).and_then(Condition::priorities);
        let all: Vec<i16> = Priority::ALL.iter().map(|priority| priority.rank()).collect();
        let mut tests = self.created.tests("tickets.created_at");
        tests.extend(self.tests_beside(place));
        let priorities = chosen.unwrap_or(&all).iter();
        priorities.filter_map(|priority| self.rank_run(status, *priority, &tests)).collect()
    }

    fn rank_run(&self, status: i16, priority: i16, tests: &[Sql]) -> Option<Sql> {
        let rank = if self.sort.field == SortField::Priority { priority } else { status };
        let cursor = match (self.start, self.run_place(rank)) {
            (_, Ordering::Less) => return None,
            (PageStart::After(cursor), Ordering::Equal) => Some(Value::id(cursor.id)),
            _ => None,
        };
        let comparison = self.comparison();
        let mut lookup = Sql::text(format!("tickets.status = {status} AND "));
        // PostgreSQL gets ranges instead of a fixed priority: it would leave that out of the order, and then
        // read all tickets by id in the hope of soon meeting some of the priority.
        match (self.flavor, cursor) {
            (Flavor::Sqlite, None) => lookup.push(format!("tickets.priority = {priority}")),
            (Flavor::Sqlite, Some(id)) => {
                lookup.push(format!("tickets.priority = {priority} AND tickets.id {comparison} ")).bind(id)
            }
            (Flavor::Postgres, None) => {
                lookup.push(format!("tickets.priority BETWEEN {priority} AND {priority}"))
            }
            (Flavor::Postgres, Some(id)) => {
                let end = if self.sort.descending { ">=" } else { "<=" };
                let place = format!("(tickets.priority, tickets.id) {comparison} ({priority}, ");
                lookup.push(format!("tickets.priority {end} {priority} AND {place}")).bind(id).push(")")
            }
        };
        let by_id = self.direction("tickets.id");
        let order = match self.flavor {
            Flavor::Sqlite => format!(" ORDER BY {by_id}"),
            Flavor::Postgres => format!(" ORDER BY {}, {by_id}", self.direction("tickets.priority")),
        };
        let source = Source::tickets("tickets_rank", lookup, false);
        Some(self.run(&source, self.key_column(), tests, Some(order)))
    }

    /// Where the run of `rank` lies from the cursor's: before it, at it or behind it. Without a cursor all
    /// lie at it.
    fn run_place(&self, rank: i16) -> Ordering {
        let PageStart::After(cursor) = self.start else { return Ordering::Equal };
        let order = i64::from(rank).cmp(&cursor.key);
        if self.sort.descending { order.reverse() } else { order }
    }
}
