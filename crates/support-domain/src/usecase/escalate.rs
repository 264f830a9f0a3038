//! Ticket escalation (`docs/specification.md`, section 3.4; `docs/contract.md`, section 3.4).

use crate::command::{EscalateTicket, EscalateTo};
use crate::entity::{Action, Agent, Department, Handler, NotificationKind, Ticket};
use crate::error::{Error, InputField, RuleViolation};
use crate::event::{Event, TicketFilterKey};
use crate::id::AgentId;
use crate::rules::escalation::{self, Target};
use crate::rules::{access, transition};
use crate::usecase::UseCaseContext;
use crate::value::Status;

/// Gives a ticket in progress to a higher tier.
pub(crate) fn escalate(work: &mut UseCaseContext<'_>, command: &EscalateTicket) -> Result<Ticket, Error> {
    access::staff(work.actor)?;
    let before = work.lock_ticket(command.ticket)?;
    transition::check(before.status, Status::Escalated)?;
    let handler = before.active_handler().ok_or(RuleViolation::NoHandler)?;
    let departments = work.tx.departments().list()?;
    let agents = lock_agents(work, &command.to, handler, &departments)?;
    let from = UseCaseContext::expect_agent(&agents, handler)?;
    let to = choose(&command.to, &from, &agents, &departments)?.clone();

    let target = Handler { id: to.id, name: to.name.clone() };
    let ticket = before.clone().escalate(target, &to.department, work.now)?;
    let taken = work.transfer_load(Some(&from), &to)?;
    let details =
        format!("Escalated to Tier {} agent ({}): {}", to.tier.get(), to.name.as_str(), command.reason);
    work.append_history(&ticket, Action::TicketEscalated, details)?;
    let text = format!("Your request was passed to {}, a specialist.", to.name.as_str());
    let ticket = work.post_system_message(ticket, &text)?;
    work.tx.tickets().save(&ticket)?;
    let text = format!("Ticket {} was escalated to you: {}", ticket.number, command.reason);
    work.notify(to.id.into(), &ticket, NotificationKind::TicketEscalated, &text)?;
    work.emit(Event::TicketEscalated {
        ticket: ticket.clone(),
        before: TicketFilterKey::of(&before),
        agent: taken,
        previous: before.handler().cloned(),
        reason: command.reason.as_str().to_owned(),
    });
    work.emit_ticket_updated(&before, &ticket);
    Ok(ticket)
}

/// Locks the handler and everybody who may get the ticket, in one step.
fn lock_agents(
    work: &mut UseCaseContext<'_>,
    to: &EscalateTo,
    handler: AgentId,
    departments: &[Department],
) -> Result<Vec<Agent>, Error> {
    Ok(match to {
        EscalateTo::Agent(id) => {
            let mut ids = [handler, *id];
            ids.sort_unstable();
            let agents = work.tx.agents().lock(&ids)?;
            if !agents.iter().any(|agent| agent.id == *id) {
                return Err(Error::invalid(InputField::Agent, "no such agent"));
            }
            agents
        }
        EscalateTo::Department(name) => {
            if !departments.iter().any(|department| department.name == *name) {
                return Err(Error::invalid(InputField::Department, "no such department"));
            }
            work.tx.agents().lock_candidates(Some(name), &[handler])?
        }
        EscalateTo::Tier(_) | EscalateTo::Next => work.tx.agents().lock_candidates(None, &[handler])?,
    })
}

fn choose<'a>(
    to: &'a EscalateTo,
    handler: &Agent,
    agents: &'a [Agent],
    departments: &[Department],
) -> Result<&'a Agent, Error> {
    let target = match to {
        EscalateTo::Agent(id) => agents.iter().find(|agent| agent.id == *id).map(Target::Agent),
        EscalateTo::Department(name) => Some(Target::Department(name)),
        EscalateTo::Tier(tier) => Some(Target::Tier(*tier)),
        EscalateTo::Next => Some(Target::NextTier),
    };
    let target = target.ok_or(RuleViolation::NoEscalationTarget)?;
    Ok(escalation::choose(target, handler, agents, departments)?)
}
