//! Who gets a ticket that its handler cannot finish.

use crate::entity::{Agent, Department, Tier};
use crate::error::RuleViolation;
use crate::rules::assignment;
use crate::value::{AgentStatus, DepartmentName};

/// To whom a ticket is to be escalated.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// A named agent.
    Agent(&'a Agent),
    /// The best agent of a department.
    Department(&'a DepartmentName),
    /// The best agent of a tier: in the handler's department first, then in any.
    Tier(Tier),
    /// The next tier up in the handler's department, then in any.
    NextTier,
}

/// The tier that counts for `agent` as a target: in another department than the handler's, the higher of the
/// agent's and that department's tier.
#[must_use]
pub fn effective_tier(agent: &Agent, handler: &Agent, departments: &[Department]) -> Tier {
    if agent.department == handler.department {
        return agent.tier;
    }
    let department = departments.iter().find(|d| d.name == agent.department).map(|d| d.tier);
    department.map_or(agent.tier, |tier| tier.max(agent.tier))
}

/// Chooses the agent who gets the ticket of `handler`.
///
/// A named agent need only not be away and have room. Otherwise candidates come in the assignment order, with
/// the tier that counts in place of their own.
///
/// # Errors
/// [`RuleViolation::TierTooLow`], [`RuleViolation::AgentAway`] or [`RuleViolation::AgentAtCapacity`] for a
/// named agent, [`RuleViolation::NoEscalationTarget`] when no one fits.
pub fn choose<'a>(
    target: Target<'a>,
    handler: &Agent,
    candidates: &'a [Agent],
    departments: &[Department],
) -> Result<&'a Agent, RuleViolation> {
    if let Target::Agent(agent) = target {
        let tier = effective_tier(agent, handler, departments);
        if tier <= handler.tier {
            return Err(RuleViolation::TierTooLow { target: tier.get(), handler: handler.tier.get() });
        }
        assignment::check_named(agent, false)?;
        return Ok(agent);
    }
    let above: Vec<(Tier, &Agent)> = candidates
        .iter()
        .filter(|agent| agent.id != handler.id && agent.status == AgentStatus::Available && agent.has_room())
        .map(|agent| (effective_tier(agent, handler, departments), agent))
        .filter(|(tier, _)| *tier > handler.tier)
        .collect();
    let best = |fits: &dyn Fn(Tier, &Agent) -> bool| {
        above
            .iter()
            .filter(|(tier, agent)| fits(*tier, agent))
            .min_by(|(a_tier, a), (b_tier, b)| a_tier.cmp(b_tier).then_with(|| assignment::order(a, b)))
            .map(|(_, agent)| *agent)
    };
    let home = |agent: &Agent| agent.department == handler.department;
    let found = match target {
        Target::Agent(_) => None,
        Target::Department(name) => best(&|_, agent| agent.department == *name),
        Target::Tier(tier) => best(&|t, agent| t == tier && home(agent)).or_else(|| best(&|t, _| t == tier)),
        Target::NextTier => best(&|_, agent| home(agent)).or_else(|| best(&|_, _| true)),
    };
    found.ok_or(RuleViolation::NoEscalationTarget)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn agent(n: u128, department: &str, tier: i64) -> Agent {
        let agent = fixture::agent(n);
        let name = agent.name.clone();
        agent.with_profile(name, None, fixture::department_name(department), Tier::new(tier).expect("tier"))
    }

    #[test]
    fn the_next_tier_at_home_comes_before_others() {
        let handler = agent(1, "Billing", 1);
        let candidates =
            [agent(2, "Loans", 2), agent(3, "Billing", 3), agent(4, "Billing", 2), agent(5, "Billing", 1)];
        let departments = [fixture::department("Billing", 1), fixture::department("Loans", 1)];
        let next = choose(Target::NextTier, &handler, &candidates, &departments).expect("fits");
        assert_eq!(next.id, candidates[2].id);
        let far = choose(Target::NextTier, &handler, &candidates[..1], &departments).expect("fits");
        assert_eq!(far.id, candidates[0].id);
        let named = choose(Target::Agent(&candidates[3]), &handler, &[], &departments);
        assert_eq!(named, Err(RuleViolation::TierTooLow { target: 1, handler: 1 }));
        let none = choose(Target::Tier(Tier::FIRST), &handler, &candidates, &departments);
        assert_eq!(none, Err(RuleViolation::NoEscalationTarget));
    }

    #[test]
    fn a_higher_department_lifts_its_agents() {
        let handler = agent(1, "Billing", 2);
        let junior = agent(2, "Fraud", 1);
        let departments = [fixture::department("Billing", 1), fixture::department("Fraud", 3)];
        assert_eq!(choose(Target::Agent(&junior), &handler, &[], &departments), Ok(&junior));
        let fraud = fixture::department_name("Fraud");
        let all = [junior.clone()];
        assert_eq!(choose(Target::Department(&fraud), &handler, &all, &departments), Ok(&junior));
    }
}
