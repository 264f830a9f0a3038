//! Who gets a ticket.

use std::cmp::Ordering;

use crate::entity::{Agent, Department, Ticket};
use crate::error::RuleViolation;
use crate::value::{AgentStatus, Category, DepartmentName};

/// The department whose agents may get a ticket: its own, else the one that serves its category.
#[must_use]
pub fn department_of<'a>(
    own: Option<&'a DepartmentName>,
    category: Category,
    departments: &'a [Department],
) -> Option<&'a DepartmentName> {
    own.or_else(|| departments.iter().find(|d| d.categories.contains(&category)).map(|d| &d.name))
}

/// The order of candidates, best first: lowest tier, then fewest active tickets for their capacity, then
/// longest since last assigned (never is longest), then id.
#[must_use]
pub fn order(a: &Agent, b: &Agent) -> Ordering {
    let load = |x: &Agent, y: &Agent| u64::from(x.active_tickets) * u64::from(y.capacity);
    a.tier
        .cmp(&b.tier)
        .then_with(|| load(a, b).cmp(&load(b, a)))
        .then_with(|| a.last_assigned_at.cmp(&b.last_assigned_at))
        .then_with(|| a.id.cmp(&b.id))
}

/// The best candidate among `agents`: available, with room, and not the ticket's handler already.
#[must_use]
pub fn pick<'a>(ticket: &Ticket, agents: impl IntoIterator<Item = &'a Agent>) -> Option<&'a Agent> {
    let handler = ticket.handler().map(|handler| handler.id);
    agents.into_iter().filter(|a| a.is_candidate() && Some(a.id) != handler).min_by(|a, b| order(a, b))
}

/// Checks an agent whom somebody named: any who is not away, and over capacity only by `force`.
///
/// # Errors
/// [`RuleViolation::AgentAway`] or [`RuleViolation::AgentAtCapacity`].
pub fn check_named(agent: &Agent, force: bool) -> Result<(), RuleViolation> {
    if agent.status == AgentStatus::Away {
        Err(RuleViolation::AgentAway)
    } else if !agent.has_room() && !force {
        Err(RuleViolation::AgentAtCapacity { active: agent.active_tickets, capacity: agent.capacity })
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::{Agent, Tier};
    use crate::fixture;
    use crate::time::Timestamp;

    fn tier(agent: Agent, tier: i64) -> Agent {
        let (name, department) = (agent.name.clone(), agent.department.clone());
        agent.with_profile(name, None, department, Tier::new(tier).expect("tier"))
    }

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros)
    }

    #[test]
    fn lowest_tier_then_load_then_rest_then_id() {
        let ticket = fixture::ticket(1);
        let senior = tier(fixture::agent(1), 2);
        let loaded = fixture::agent(2).ticket_assigned(at(1)).with_capacity(10);
        let lighter = fixture::agent(3).ticket_assigned(at(9)).with_capacity(20);
        let all = [senior.clone(), loaded.clone(), lighter.clone()];
        assert_eq!(pick(&ticket, &all).expect("picked").id, lighter.id, "1 of 20 is less than 1 of 10");
        assert_eq!(pick(&ticket, [&senior, &loaded]).expect("picked").id, loaded.id, "tier before load");

        let rested = fixture::agent(5).ticket_assigned(at(1));
        let recent = fixture::agent(4).ticket_assigned(at(2));
        assert_eq!(pick(&ticket, [&recent, &rested]).expect("picked").id, rested.id);
        let (first, second) = (fixture::agent(6), fixture::agent(7));
        assert_eq!(pick(&ticket, [&second, &first]).expect("picked").id, first.id);
    }

    #[test]
    fn the_away_the_busy_and_the_full_are_passed_over() {
        let ticket = fixture::ticket(1);
        let away = fixture::agent(1).with_status(AgentStatus::Away);
        let busy = fixture::agent(2).with_status(AgentStatus::Busy);
        let full = fixture::agent(3).with_capacity(1).ticket_assigned(at(1));
        assert_eq!(pick(&ticket, [&away, &busy, &full]), None);
        assert_eq!(check_named(&away, true), Err(RuleViolation::AgentAway));
        assert_eq!(check_named(&busy, false), Ok(()));
        assert_eq!(check_named(&full, false), Err(RuleViolation::AgentAtCapacity { active: 1, capacity: 1 }));
        assert_eq!(check_named(&full, true), Ok(()));
    }
}
