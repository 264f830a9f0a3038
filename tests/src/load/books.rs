//! What must hold of all tickets and agents of a desk together.

use std::collections::{BTreeMap, BTreeSet};

use support_testkit::{Error, Http, Result};

use super::pages;
use super::wire::{Agent, Ticket};

/// How often the lists are read again because something changed between them.
const ATTEMPTS: usize = 50;

/// All agents and all tickets, as they were at one moment.
#[derive(Clone, Debug)]
pub struct Books {
    /// All agents.
    pub agents: Vec<Agent>,
    /// All tickets, oldest first.
    pub tickets: Vec<Ticket>,
}

impl Books {
    /// Reads both lists, again if an agent's workload changed in between.
    ///
    /// # Errors
    /// [`Error::TimedOut`] when it never stops changing.
    pub fn read(http: &Http) -> Result<Self> {
        for _ in 0..ATTEMPTS {
            let agents = pages::agents(http)?;
            let tickets = pages::all(http, "/support/tickets?sort=createdAt")?;
            if agents == pages::agents(http)? {
                return Ok(Self { agents, tickets });
            }
        }
        Err(Error::TimedOut { awaited: "nothing changes at the desk".to_owned() })
    }

    /// What is wrong: a ticket that is listed twice, a number that is, a handler where there must be none or
    /// none where there must be one, a workload that is not the number of tickets an agent handles.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let mut faults = self.duplicates();
        faults.extend(self.tickets.iter().filter_map(misplaced));
        let mut handled: BTreeMap<&str, i64> = BTreeMap::new();
        for ticket in self.tickets.iter().filter(|ticket| ticket.is_active()) {
            *handled.entry(ticket.handler().unwrap_or_default()).or_default() += 1;
        }
        for agent in &self.agents {
            let count = handled.remove(agent.id.as_str()).unwrap_or_default();
            if agent.active_tickets != count {
                faults.push(format!(
                    "agent {} has {} active tickets, not {count}",
                    agent.id, agent.active_tickets
                ));
            }
            faults.extend(availability(agent));
        }
        faults.extend(handled.into_keys().map(|id| format!("{id:?} handles tickets and is no agent")));
        faults
    }

    /// Those of `waiting` that could be assigned: an agent of the department has room.
    #[must_use]
    pub fn forgotten(&self, waiting: &[&Ticket], department: impl Fn(&Ticket) -> String) -> Vec<String> {
        let room: BTreeSet<&str> = self
            .agents
            .iter()
            .filter(|agent| agent.is_candidate())
            .map(|agent| agent.department.as_str())
            .collect();
        let forgotten = waiting.iter().filter(|ticket| room.contains(department(ticket).as_str()));
        forgotten.map(|ticket| ticket.ticket_number.clone()).collect()
    }

    fn duplicates(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let (mut ids, mut numbers) = (BTreeSet::new(), BTreeSet::new());
        for ticket in &self.tickets {
            let number = &ticket.ticket_number;
            if !ids.insert(&ticket.id) || !numbers.insert(number) {
                faults.push(format!("{number} ({}) is there twice", ticket.id));
            }
            if ordinal(number, &ticket.created_at).is_none() {
                faults.push(format!("{number} is no number of a ticket created at {}", ticket.created_at));
            }
        }
        faults
    }
}

/// The `n` of `TKT-<year>-<n>`, of a ticket of this year: from 1, at least three digits.
#[must_use]
pub fn ordinal(number: &str, created_at: &str) -> Option<u64> {
    let year = created_at.get(..4)?;
    let digits = number.strip_prefix("TKT-")?.strip_prefix(year)?.strip_prefix('-')?;
    let n: u64 = digits.parse().ok()?;
    (n >= 1 && digits == format!("{n:03}")).then_some(n)
}

fn misplaced(ticket: &Ticket) -> Option<String> {
    let assigned = ticket.assigned_to.is_some();
    let right = match ticket.status.as_str() {
        "open" => !assigned && ticket.escalated_to.is_none(),
        "escalated" => assigned && ticket.escalated_to.is_some(),
        "in-progress" | "resolved" | "closed" => assigned,
        _ => false,
    };
    (!right).then(|| {
        format!("{} is {} and handled by {:?}", ticket.ticket_number, ticket.status, ticket.handler())
    })
}

/// At capacity an agent is busy and below it available, unless somebody has said otherwise, which these tests
/// do not.
fn availability(agent: &Agent) -> Option<String> {
    let expected = if agent.active_tickets < agent.capacity { "available" } else { "busy" };
    let Agent { id, status, active_tickets, capacity, .. } = agent;
    (status != expected)
        .then(|| format!("agent {id} is {status} with {active_tickets} of {capacity} tickets"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_year_and_three_digits_or_more() {
        let ordinal = |number| ordinal(number, "2026-11-24T00:00:00.000Z");
        assert_eq!(ordinal("TKT-2026-001"), Some(1));
        assert_eq!(ordinal("TKT-2026-12345"), Some(12345));
        for wrong in ["TKT-2026-1", "TKT-2026-000", "TKT-2026-0123", "TKT-2025-001", "TKT-2026", "2026-001"] {
            assert_eq!(ordinal(wrong), None, "{wrong}");
        }
    }
}
