//! Ticket assignment (`docs/specification.md`, section 3.2; `docs/contract.md`, section 3.3).

use crate::actor::Actor;
use crate::command::AssignTicket;
use crate::entity::{Action, Agent, Handler, NotificationKind, Ticket};
use crate::error::{Error, RuleViolation};
use crate::event::{Event, TicketFilterKey};
use crate::id::AgentId;
use crate::rules::{access, assignment, transition};
use crate::usecase::UseCaseContext;
use crate::value::{DepartmentName, Status};

/// Gives a ticket to the named agent, or to the one whom the rule picks. An open ticket for which none is
/// found waits.
pub(crate) fn assign(work: &mut UseCaseContext<'_>, command: &AssignTicket) -> Result<Ticket, Error> {
    access::admin(work.actor)?;
    let ticket = work.lock_ticket(command.ticket)?;
    check_assignable(&ticket)?;
    match command.agent {
        Some(agent) => assign_to(work, ticket, agent, command.force),
        None => match assign_by_rule(work, ticket)? {
            Ok(ticket) => Ok(ticket),
            Err(ticket) if ticket.status == Status::Open => mark_waiting(work, &ticket),
            Err(_) => Err(RuleViolation::NoAgentAvailable.into()),
        },
    }
}

/// Gives a new ticket to the agent whom the rule picks, in the system's name; else it stays waiting.
pub(crate) fn auto_assign(work: &mut UseCaseContext<'_>, ticket: Ticket) -> Result<Ticket, Error> {
    let system = Actor::system();
    let mut inner = UseCaseContext {
        tx: &mut *work.tx,
        actor: &system,
        now: work.now,
        ids: work.ids,
        policy: work.policy,
        effects: std::mem::take(&mut work.effects),
    };
    let assigned = assign_by_rule(&mut inner, ticket);
    work.effects = inner.effects;
    match assigned? {
        Ok(ticket) => Ok(ticket),
        Err(ticket) => {
            schedule_dispatch(work, &ticket)?;
            Ok(ticket)
        }
    }
}

/// Gives a locked ticket to the best candidate; hands it back unchanged if there is none.
pub(crate) fn assign_by_rule(
    work: &mut UseCaseContext<'_>,
    ticket: Ticket,
) -> Result<Result<Ticket, Ticket>, Error> {
    let Some(department) = department(work, &ticket)? else { return Ok(Err(ticket)) };
    let handler = ticket.active_handler();
    let agents = work.tx.agents().lock_candidates(Some(&department), handler.as_slice())?;
    let candidates = agents.iter().filter(|agent| agent.department == department);
    match assignment::pick(&ticket, candidates).cloned() {
        Some(agent) => hand_to(work, &ticket, &agent, &agents).map(Ok),
        None => Ok(Err(ticket)),
    }
}

fn assign_to(
    work: &mut UseCaseContext<'_>,
    ticket: Ticket,
    id: AgentId,
    force: bool,
) -> Result<Ticket, Error> {
    let mut ids: Vec<AgentId> = ticket.active_handler().into_iter().chain([id]).collect();
    ids.sort_unstable();
    ids.dedup();
    let agents = work.tx.agents().lock(&ids)?;
    let agent = agents.iter().find(|agent| agent.id == id).cloned();
    let agent = agent.ok_or_else(|| Error::invalid("/agentId", "no such agent"))?;
    if ticket.active_handler() == Some(id) {
        if ticket.escalated_to.is_none() {
            return Ok(ticket);
        }
    } else {
        assignment::check_named(&agent, force)?;
    }
    hand_to(work, &ticket, &agent, &agents)
}

/// Makes `agent` the handler of a locked ticket; `agents` are locked and hold the handler before.
fn hand_to(
    work: &mut UseCaseContext<'_>,
    before: &Ticket,
    agent: &Agent,
    agents: &[Agent],
) -> Result<Ticket, Error> {
    let from = before.active_handler().map(|id| UseCaseContext::expect_agent(agents, id)).transpose()?;
    let previous = before.handler().cloned();
    let handler = Handler { id: agent.id, name: agent.name.clone() };
    let ticket = before.clone().assign(handler, &agent.department, work.now)?;
    let taken = work.transfer_load(from.as_ref(), agent)?;

    let (action, verb) = match &previous {
        None => (Action::TicketAssigned, "Assigned"),
        Some(_) => (Action::AgentReassigned, "Reassigned"),
    };
    let details = format!("{verb} to {} ({})", agent.name.as_str(), agent.department);
    work.append_history(&ticket, action, details)?;
    if before.status != ticket.status {
        status_changed(work, before, &ticket)?;
    }
    let ticket = work.post_system_message(
        ticket,
        &format!("{} is now looking after your request.", agent.name.as_str()),
    )?;
    work.tx.tickets().save(&ticket)?;
    let text = format!("Ticket {} was assigned to you: {}", ticket.number, ticket.subject);
    work.notify(agent.id.into(), &ticket, NotificationKind::TicketAssigned, &text)?;
    work.emit(Event::TicketAssigned {
        ticket: ticket.clone(),
        before: TicketFilterKey::of(before),
        agent: taken,
        previous,
    });
    work.emit_ticket_updated(before, &ticket);
    Ok(ticket)
}

/// Writes `status_changed` in the words of `docs/specification.md`, section 2.5.2.
pub(crate) fn status_changed(
    work: &mut UseCaseContext<'_>,
    before: &Ticket,
    after: &Ticket,
) -> Result<(), Error> {
    let (from, to) = (before.status.constant_name(), after.status.constant_name());
    work.append_history(after, Action::StatusChanged, format!("Status changed from {from} to {to}"))
}

/// Keeps an open ticket waiting for the next agent with room.
fn mark_waiting(work: &mut UseCaseContext<'_>, ticket: &Ticket) -> Result<Ticket, Error> {
    let waiting = ticket.clone().wait(work.now);
    if waiting != *ticket {
        work.tx.tickets().save(&waiting)?;
        work.append_history(&waiting, Action::TicketUpdated, "Waiting for an available agent".to_owned())?;
    }
    schedule_dispatch(work, &waiting)?;
    Ok(waiting)
}

/// Has the waiting ticket's department looked at once more after the commit: an agent may have got room while
/// this transaction could not see it, and whoever freed that agent could not see this ticket.
pub(crate) fn schedule_dispatch(work: &mut UseCaseContext<'_>, ticket: &Ticket) -> Result<(), Error> {
    let department = department(work, ticket)?;
    work.effects.dispatch.extend(department);
    Ok(())
}

fn department(work: &mut UseCaseContext<'_>, ticket: &Ticket) -> Result<Option<DepartmentName>, Error> {
    if let Some(own) = &ticket.department {
        return Ok(Some(own.clone()));
    }
    let departments = work.tx.departments().list()?;
    Ok(assignment::department_of(None, ticket.category, &departments).cloned())
}

fn check_assignable(ticket: &Ticket) -> Result<(), Error> {
    match ticket.status {
        Status::Open | Status::InProgress | Status::Escalated => Ok(()),
        from @ Status::Resolved => {
            Err(RuleViolation::InvalidTransition { from, to: Status::InProgress }.into())
        }
        from @ Status::Closed => Ok(transition::check(from, Status::InProgress)?),
    }
}
