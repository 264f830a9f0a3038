//! How figures are counted from tickets (`docs/specification.md`, section 4.5). A store that can count in its
//! database does so; others count here.

use std::collections::{BTreeMap, BTreeSet};

use crate::entity::{
    AgentFigures, DailyCount, DepartmentFigures, Durations, Handler, Performance, Statistics, Ticket,
};
use crate::id::AgentId;
use crate::time::Timestamp;
use crate::value::{Category, DepartmentName, Priority, Status};

impl Statistics {
    /// Counts tickets. Agents bear the names that the tickets remember.
    #[must_use]
    pub fn of<'a>(tickets: impl IntoIterator<Item = &'a Ticket>) -> Self {
        let tickets: Vec<&Ticket> = tickets.into_iter().collect();
        Self {
            total: count(tickets.len()),
            by_status: tally(Status::ALL, &tickets, |ticket| ticket.status),
            by_priority: tally(Priority::ALL, &tickets, |ticket| ticket.priority),
            by_category: tally(Category::ALL, &tickets, |ticket| ticket.category),
            daily: daily(&tickets),
            first_response: durations(&tickets, |ticket| ticket.first_response_at),
            resolution: durations(&tickets, |ticket| ticket.resolved_at),
            agents: agent_figures(&tickets),
            departments: department_figures(&tickets),
        }
    }
}

impl Performance {
    /// What was done with tickets of one handler.
    #[must_use]
    pub fn of<'a>(tickets: impl IntoIterator<Item = &'a Ticket>) -> Self {
        let tickets: Vec<&Ticket> = tickets.into_iter().collect();
        Self {
            handled: count(tickets.iter().filter(|ticket| is_done(ticket)).count()),
            open: count(tickets.iter().filter(|ticket| ticket.status.is_active()).count()),
            mean_resolution_seconds: durations(&tickets, |ticket| ticket.resolved_at).mean_seconds,
        }
    }
}

/// Counts tickets by status; every status is listed.
#[must_use]
pub fn distribution<'a>(tickets: impl IntoIterator<Item = &'a Ticket>) -> Vec<(Status, u64)> {
    let tickets: Vec<&Ticket> = tickets.into_iter().collect();
    tally(Status::ALL, &tickets, |ticket| ticket.status)
}

fn agent_figures(tickets: &[&Ticket]) -> Vec<AgentFigures> {
    let mut by_handler: BTreeMap<AgentId, (&Handler, Vec<&Ticket>)> = BTreeMap::new();
    for ticket in tickets {
        if let Some(handler) = ticket.handler() {
            by_handler.entry(handler.id).or_insert((handler, Vec::new())).1.push(ticket);
        }
    }
    let figures = |(agent_id, (handler, tickets)): (AgentId, (&Handler, Vec<&Ticket>))| AgentFigures {
        agent_id,
        name: handler.name.clone(),
        performance: Performance::of(tickets),
    };
    by_handler.into_iter().map(figures).collect()
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn tally<T: Copy + PartialEq>(all: &[T], tickets: &[&Ticket], of: impl Fn(&Ticket) -> T) -> Vec<(T, u64)> {
    all.iter()
        .map(|value| (*value, count(tickets.iter().filter(|ticket| of(ticket) == *value).count())))
        .collect()
}

fn is_done(ticket: &Ticket) -> bool {
    matches!(ticket.status, Status::Resolved | Status::Closed)
}

fn durations(tickets: &[&Ticket], end: impl Fn(&Ticket) -> Option<Timestamp>) -> Durations {
    let measured = tickets.iter().filter_map(|ticket| Some(end(ticket)?.seconds_since(ticket.created_at)));
    Durations::of(measured.collect())
}

fn daily(tickets: &[&Ticket]) -> Vec<DailyCount> {
    let day = |at: Timestamp| at.to_datetime().format("%Y-%m-%d").to_string();
    let mut days: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for ticket in tickets {
        days.entry(day(ticket.created_at)).or_default().0 += 1;
        if let Some(at) = ticket.resolved_at {
            days.entry(day(at)).or_default().1 += 1;
        }
    }
    days.into_iter().map(|(date, (created, resolved))| DailyCount { date, created, resolved }).collect()
}

fn department_figures(tickets: &[&Ticket]) -> Vec<DepartmentFigures> {
    let names: BTreeSet<Option<&DepartmentName>> =
        tickets.iter().map(|ticket| ticket.department.as_ref()).collect();
    let figures = |name: Option<&DepartmentName>| {
        let of_it = || tickets.iter().filter(|ticket| ticket.department.as_ref() == name);
        DepartmentFigures {
            department: name.cloned(),
            total: count(of_it().count()),
            resolved: count(of_it().filter(|ticket| is_done(ticket)).count()),
        }
    };
    names.into_iter().map(figures).collect()
}
