//! Figures.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, SmallInt, Text};
use support_domain::entity::{
    AgentFigures, DailyCount, DepartmentFigures, Durations, Performance, Statistics,
};
use support_domain::id::AgentId;
use support_domain::port::{StatisticsFilter, StatisticsRepository, StoreResult};
use support_domain::time::Timestamp;
use support_domain::value::{Category, DepartmentName, PersonName, Priority, Status};
use tracing::instrument;

use super::super::dialect::{day_of, micros_between};
use super::Tx;
use crate::rows::CellRef;
use crate::statement::{Sql, Value};
use crate::types::{DbId, Id};

const DAY_MICROS: i64 = 86_400_000_000;

/// Sums of durations: how many, whole seconds, and microseconds beyond them, so that no sum can overflow.
type Sums = (i64, Option<i64>, Option<i64>);

/// A cell of the count by status, priority, category and department.
type Cell = (i16, i16, i16, Option<String>, i64);

/// One agent's counts: their id and name, tickets done and active, and sums of the times to resolution.
type AgentCounts = (DbId<AgentId>, String, i64, i64, i64, Option<i64>, Option<i64>);

impl StatisticsRepository for Tx<'_> {
    #[instrument(level = "debug", name = "db.statistics.statistics", skip_all)]
    fn statistics(&mut self, period: &StatisticsFilter) -> StoreResult<Statistics> {
        self.flush()?;
        let among = self.tickets_of(period)?;
        let mut statement = Sql::text("SELECT status, priority, category, department, count(*) ");
        statement.append(&among).push(" GROUP BY status, priority, category, department");
        let statement = statement.planned::<(SmallInt, SmallInt, SmallInt, Nullable<Text>, BigInt)>();
        let cells: Vec<Cell> = self.run(|conn| statement.load(conn))?;
        Ok(Statistics {
            total: cells.iter().map(|cell| count(cell.4)).sum(),
            by_status: tally(Status::ALL, &cells, |cell| cell.0, Status::rank),
            by_priority: tally(Priority::ALL, &cells, |cell| cell.1, Priority::rank),
            by_category: tally(Category::ALL, &cells, |cell| cell.2, Category::rank),
            daily: self.daily(&among)?,
            first_response: self.durations(&among, "first_response_at")?,
            resolution: self.durations(&among, "resolved_at")?,
            agents: self.agent_figures(&among)?,
            departments: department_figures(&cells)?,
        })
    }

    #[instrument(level = "debug", name = "db.statistics.performance", skip_all)]
    fn performance(&mut self, agent: AgentId) -> StoreResult<Performance> {
        self.flush()?;
        let among =
            self.tickets_of(&StatisticsFilter { agent: Some(agent), ..StatisticsFilter::default() })?;
        let figures = self.agent_figures(&among)?;
        Ok(figures.first().map(|figures| figures.performance).unwrap_or_default())
    }

    #[instrument(level = "debug", name = "db.statistics.distribution", skip_all)]
    fn distribution(&mut self, department: &DepartmentName) -> StoreResult<Vec<(Status, u64)>> {
        self.flush()?;
        let among = self.tickets_of(&StatisticsFilter {
            department: Some(department.clone()),
            ..StatisticsFilter::default()
        })?;
        let mut statement = Sql::text("SELECT status, count(*) ");
        statement.append(&among).push(" GROUP BY status");
        let statement = statement.planned::<(SmallInt, BigInt)>();
        let counts: Vec<(i16, i64)> = self.run(|conn| statement.load(conn))?;
        Ok(tally_of(Status::ALL, |status| {
            counts.iter().filter(|(rank, _)| *rank == status.rank()).map(|(_, n)| count(*n)).sum()
        }))
    }
}

impl Tx<'_> {
    /// `FROM tickets WHERE …` for the tickets of `period`.
    fn tickets_of(&mut self, period: &StatisticsFilter) -> StoreResult<Sql> {
        let mut sql = Sql::text("FROM tickets WHERE TRUE");
        if let Some(from) = period.from {
            sql.push(" AND tickets.created_at >= ").bind(Value::moment(from));
        }
        if let Some(before) = period.before {
            sql.push(" AND tickets.created_at < ").bind(Value::moment(before));
        }
        if let Some(name) = &period.department {
            match self.department_names(std::slice::from_ref(name))?.pop() {
                Some(stored) => sql.push(" AND tickets.department = ").bind(Value::Text(stored)),
                None => sql.push(" AND FALSE"),
            };
        }
        if let Some(agent) = period.agent {
            sql.push(" AND (tickets.escalated_to = ").bind(Value::id(agent));
            sql.push(" OR tickets.escalated_to IS NULL AND tickets.assigned_to = ")
                .bind(Value::id(agent))
                .push(")");
        }
        Ok(sql)
    }

    fn daily(&mut self, among: &Sql) -> StoreResult<Vec<DailyCount>> {
        let mut sql =
            Sql::text("SELECT day, CAST(sum(created) AS bigint), CAST(sum(resolved) AS bigint) FROM (");
        sql.push(format!("SELECT {} AS day, 1 AS created, 0 AS resolved ", day_of("tickets.created_at")));
        sql.append(among);
        sql.push(format!(" UNION ALL SELECT {}, 0, 1 ", day_of("tickets.resolved_at"))).append(among);
        sql.push(" AND tickets.resolved_at IS NOT NULL) AS days GROUP BY day ORDER BY day");
        let statement = sql.planned::<(BigInt, BigInt, BigInt)>();
        let days: Vec<(i64, i64, i64)> = self.run(|conn| statement.load(conn))?;
        let line = |(day, created, resolved): (i64, i64, i64)| {
            let date = Timestamp::from_micros(day.saturating_mul(DAY_MICROS)).to_string();
            DailyCount {
                date: date.split('T').next().unwrap_or_default().to_owned(),
                created: count(created),
                resolved: count(resolved),
            }
        };
        Ok(days.into_iter().map(line).collect())
    }

    /// Measures the times from creation to `end`. Percentiles are by nearest rank, see [`Durations::of`].
    fn durations(&mut self, among: &Sql, end: &'static str) -> StoreResult<Durations> {
        let micros = micros_between("tickets.created_at", &format!("tickets.{end}"));
        let mut sql = Sql::text(format!("SELECT {} ", sums(&micros)));
        sql.append(among).push(format!(" AND tickets.{end} IS NOT NULL"));
        let statement = sql.planned::<(BigInt, Nullable<BigInt>, Nullable<BigInt>)>();
        let sums: Sums = self.run(|conn| statement.get_result(conn))?;
        if sums.0 == 0 {
            return Ok(Durations::default());
        }
        let rank = |percent: i64| (sums.0 * percent + 99) / 100;
        let mut sql = Sql::text("SELECT place, micros FROM (");
        sql.push(format!("SELECT {micros} AS micros, row_number() OVER (ORDER BY {micros}) AS place "))
            .append(among)
            .push(format!(" AND tickets.{end} IS NOT NULL) AS places WHERE place IN ("))
            .bind_all([Value::Number(rank(50)), Value::Number(rank(90))])
            .push(")");
        let statement = sql.planned::<(BigInt, BigInt)>();
        let places: Vec<(i64, i64)> = self.run(|conn| statement.load(conn))?;
        let at =
            |place: i64| places.iter().find(|(found, _)| *found == place).map(|(_, micros)| seconds(*micros));
        Ok(Durations {
            count: count(sums.0),
            mean_seconds: mean(sums),
            p50_seconds: at(rank(50)),
            p90_seconds: at(rank(90)),
        })
    }

    /// What each handler of the tickets has done with them, by id.
    fn agent_figures(&mut self, among: &Sql) -> StoreResult<Vec<AgentFigures>> {
        let mut sql = Sql::text(format!(
            "SELECT handler, (SELECT name FROM agents WHERE agents.id = handler), \
             count(*) FILTER (WHERE status IN ({})), count(*) FILTER (WHERE status IN ({})), {} \
             FROM (SELECT coalesce(tickets.escalated_to, tickets.assigned_to) AS handler, tickets.status AS status, \
             {} AS micros ",
            ranks(is_done),
            ranks(Status::is_active),
            sums("micros"),
            micros_between("tickets.created_at", "tickets.resolved_at"),
        ));
        sql.append(among).push(") AS handled WHERE handler IS NOT NULL GROUP BY handler ORDER BY handler");
        let statement =
            sql.planned::<(Id, Text, BigInt, BigInt, BigInt, Nullable<BigInt>, Nullable<BigInt>)>();
        let rows: Vec<AgentCounts> = self.run(|conn| statement.load(conn))?;
        let figures = |(agent, name, handled, open, measured, seconds, micros): AgentCounts| {
            let place = CellRef { table: "agents", row: &agent.0 };
            Ok(AgentFigures {
                agent_id: agent.0,
                name: place.parsed("name", PersonName::parse(&name))?,
                performance: Performance {
                    handled: count(handled),
                    open: count(open),
                    mean_resolution_seconds: mean((measured, seconds, micros)),
                },
            })
        };
        rows.into_iter().map(figures).collect()
    }
}

/// The columns of [`Sums`] over a duration in microseconds.
fn sums(micros: &str) -> String {
    format!(
        "count({micros}), CAST(sum({micros} / 1000000) AS bigint), CAST(sum({micros} % 1000000) AS bigint)"
    )
}

#[expect(clippy::cast_precision_loss, reason = "sums of seconds and counts are far below 2^52")]
fn mean((count, seconds, micros): Sums) -> Option<f64> {
    let total = seconds? as f64 + micros? as f64 / 1e6;
    (count > 0).then(|| total / count as f64)
}

fn seconds(micros: i64) -> f64 {
    Timestamp::from_micros(micros).seconds_since(Timestamp::EPOCH)
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

const fn is_done(status: Status) -> bool {
    matches!(status, Status::Resolved | Status::Closed)
}

/// The ranks of the statuses that `pick` picks, for a list in SQL.
fn ranks(pick: fn(Status) -> bool) -> String {
    let picked = Status::ALL.iter().filter(|status| pick(**status));
    picked.map(|status| status.rank().to_string()).collect::<Vec<_>>().join(", ")
}

fn tally_of<T: Copy>(all: &[T], of: impl Fn(T) -> u64) -> Vec<(T, u64)> {
    all.iter().map(|value| (*value, of(*value))).collect()
}

fn tally<T: Copy>(all: &[T], cells: &[Cell], of: fn(&Cell) -> i16, rank: fn(T) -> i16) -> Vec<(T, u64)> {
    tally_of(all, |value| cells.iter().filter(|cell| of(cell) == rank(value)).map(|cell| count(cell.4)).sum())
}

fn department_figures(cells: &[Cell]) -> StoreResult<Vec<DepartmentFigures>> {
    let done = ranks_of(is_done);
    let mut by_name: BTreeMap<Option<DepartmentName>, (u64, u64)> = BTreeMap::new();
    for (status, _, _, name, n) in cells {
        let row = name.as_deref().unwrap_or_default();
        let place = CellRef { table: "departments", row: &row };
        let name = place.parsed("name", name.as_deref().map(DepartmentName::parse).transpose())?;
        let (total, resolved) = by_name.entry(name).or_default();
        *total += count(*n);
        if done.contains(status) {
            *resolved += count(*n);
        }
    }
    let figures = |(department, (total, resolved))| DepartmentFigures { department, total, resolved };
    Ok(by_name.into_iter().map(figures).collect())
}

fn ranks_of(pick: fn(Status) -> bool) -> Vec<i16> {
    Status::ALL.iter().filter(|status| pick(**status)).map(|status| status.rank()).collect()
}
