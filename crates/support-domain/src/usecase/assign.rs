//! Ticket assignment (`docs/specification.md`, section 3.2; `docs/contract.md`, section 3.3).

use crate::command::AssignTicket;
use crate::entity::{Action, Agent, Handler, NotificationKind, Ticket};
use crate::error::{Error, InputField, RuleViolation};
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
    if let Some(agent) = command.agent {
        return assign_to(work, ticket, agent, command.force);
    }
    match assign_by_rule(work, ticket)? {
        Assignment::Assigned(ticket) => Ok(ticket),
        Assignment::NoCandidate { ticket, department } if ticket.status == Status::Open => {
            mark_waiting(work, ticket, department)
        }
        Assignment::NoCandidate { .. } => Err(RuleViolation::NoAgentAvailable.into()),
    }
}

/// What the assignment rule came to.
pub(crate) enum Assignment {
    /// An agent has the ticket.
    Assigned(Ticket),
    /// No agent can take it.
    NoCandidate {
        /// The ticket, unchanged.
        ticket: Ticket,
        /// The department whose agents were asked, if one serves the ticket.
        department: Option<DepartmentName>,
    },
}

/// Gives a new ticket to the agent whom the rule picks, in the system's name; else it stays waiting.
pub(crate) fn auto_assign(work: &mut UseCaseContext<'_>, ticket: Ticket) -> Result<Ticket, Error> {
    match work.as_system(|work| assign_by_rule(work, ticket))? {
        Assignment::Assigned(ticket) => Ok(ticket),
        Assignment::NoCandidate { ticket, department } => {
            schedule_dispatch(work, department);
            Ok(ticket)
        }
    }
}

/// Gives a locked ticket to the best candidate.
pub(crate) fn assign_by_rule(work: &mut UseCaseContext<'_>, ticket: Ticket) -> Result<Assignment, Error> {
    let Some(department) = department_of(work, &ticket)? else {
        return Ok(Assignment::NoCandidate { ticket, department: None });
    };
    let handler = ticket.active_handler();
    let agents = work.tx.agents().lock_candidates(Some(&department), handler.as_slice())?;
    let candidates = agents.iter().filter(|agent| agent.department == department);
    match assignment::pick(&ticket, candidates).cloned() {
        Some(agent) => hand_to(work, &ticket, &agent, &agents).map(Assignment::Assigned),
        None => Ok(Assignment::NoCandidate { ticket, department: Some(department) }),
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
    let agent = agent.ok_or_else(|| Error::invalid(InputField::Agent, "no such agent"))?;
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
fn mark_waiting(
    work: &mut UseCaseContext<'_>,
    ticket: Ticket,
    department: Option<DepartmentName>,
) -> Result<Ticket, Error> {
    schedule_dispatch(work, department);
    if ticket.waiting {
        return Ok(ticket);
    }
    let waiting = ticket.wait(work.now);
    work.tx.tickets().save(&waiting)?;
    work.append_history(&waiting, Action::TicketUpdated, "Waiting for an available agent".to_owned())?;
    Ok(waiting)
}

/// Has the department of a waiting ticket looked at once more after the commit: an agent may have got room
/// while this transaction could not see it, and whoever freed that agent could not see this ticket.
fn schedule_dispatch(work: &mut UseCaseContext<'_>, department: Option<DepartmentName>) {
    work.effects.dispatch.extend(department);
}

/// Has a ticket looked at once more that waits in another department, or in another category, than before.
pub(crate) fn redispatch(work: &mut UseCaseContext<'_>, ticket: &Ticket) -> Result<(), Error> {
    let department = department_of(work, ticket)?;
    schedule_dispatch(work, department);
    Ok(())
}

/// The department whose agents may get the ticket: its own, else the one that serves its category.
fn department_of(work: &mut UseCaseContext<'_>, ticket: &Ticket) -> Result<Option<DepartmentName>, Error> {
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
