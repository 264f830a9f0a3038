//! Ticket assignment (specification, "Support System Workflow" 2; `contract.md` section 3, "Assignment").

use crate::actor::Actor;
use crate::command::AssignTicket;
use crate::entity::{Action, Agent, Handler, NotificationKind, Ticket};
use crate::error::{Error, Refusal};
use crate::event::{Event, Standing};
use crate::id::AgentId;
use crate::rules::{access, assignment, transition};
use crate::usecase::Work;
use crate::value::{DepartmentName, Status};

/// Gives a ticket to the named agent, or to the one whom the rule picks. An open ticket for which none is found waits.
pub(crate) fn assign(work: &mut Work<'_>, command: &AssignTicket) -> Result<Ticket, Error> {
    access::admin(work.actor)?;
    let ticket = work.lock_ticket(command.ticket)?;
    check_assignable(&ticket)?;
    match command.agent {
        Some(agent) => to_named(work, ticket, agent, command.force),
        None => match by_rule(work, ticket)? {
            Ok(ticket) => Ok(ticket),
            Err(ticket) if ticket.status == Status::Open => wait(work, &ticket),
            Err(_) => Err(Refusal::NoAgentAvailable.into()),
        },
    }
}

/// Gives a new ticket to the agent whom the rule picks, in the system's name; else it stays waiting.
pub(crate) fn automatically(work: &mut Work<'_>, ticket: Ticket) -> Result<Ticket, Error> {
    let system = Actor::system();
    let mut inner = Work {
        tx: &mut *work.tx,
        actor: &system,
        now: work.now,
        ids: work.ids,
        policy: work.policy,
        effects: std::mem::take(&mut work.effects),
    };
    let assigned = by_rule(&mut inner, ticket);
    work.effects = inner.effects;
    match assigned? {
        Ok(ticket) => Ok(ticket),
        Err(ticket) => {
            leave_dispatch(work, &ticket)?;
            Ok(ticket)
        }
    }
}

/// Gives a locked ticket to the best candidate; hands it back unchanged if there is none.
pub(crate) fn by_rule(work: &mut Work<'_>, ticket: Ticket) -> Result<Result<Ticket, Ticket>, Error> {
    let Some(department) = department(work, &ticket)? else { return Ok(Err(ticket)) };
    let handler = ticket.active_handler();
    let agents = work.tx.agents().lock_candidates(Some(&department), handler.as_slice())?;
    let candidates = agents.iter().filter(|agent| agent.department == department);
    match assignment::pick(&ticket, candidates).cloned() {
        Some(agent) => give(work, &ticket, &agent, &agents).map(Ok),
        None => Ok(Err(ticket)),
    }
}

fn to_named(work: &mut Work<'_>, ticket: Ticket, id: AgentId, force: bool) -> Result<Ticket, Error> {
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
    give(work, &ticket, &agent, &agents)
}

/// Makes `agent` the handler of a locked ticket; `agents` are locked and hold the handler before.
fn give(work: &mut Work<'_>, before: &Ticket, agent: &Agent, agents: &[Agent]) -> Result<Ticket, Error> {
    let from = before.active_handler().map(|id| Work::expect_agent(agents, id)).transpose()?;
    let previous = before.handler().cloned();
    let handler = Handler { id: agent.id, name: agent.name.clone() };
    let ticket = before.clone().assign(handler, &agent.department, work.now)?;
    let taken = work.hand_over(from.as_ref(), agent)?;

    let (action, verb) = match &previous {
        None => (Action::TicketAssigned, "Assigned"),
        Some(_) => (Action::AgentReassigned, "Reassigned"),
    };
    let details = format!("{verb} to {} ({})", agent.name.as_str(), agent.department);
    work.record(&ticket, action, details)?;
    if before.status != ticket.status {
        status_changed(work, before, &ticket)?;
    }
    let ticket = work.tell(ticket, &format!("{} is now looking after your request.", agent.name.as_str()))?;
    work.tx.tickets().save(&ticket)?;
    let text = format!("Ticket {} was assigned to you: {}", ticket.number, ticket.subject);
    work.inform(agent.id.into(), &ticket, NotificationKind::TicketAssigned, &text)?;
    work.emit(Event::TicketAssigned {
        ticket: ticket.clone(),
        before: Standing::of(before),
        agent: taken,
        previous,
    });
    work.updated(before, &ticket);
    Ok(ticket)
}

/// Writes `status_changed` as the specification words it.
pub(crate) fn status_changed(work: &mut Work<'_>, before: &Ticket, after: &Ticket) -> Result<(), Error> {
    let (from, to) = (before.status.constant_name(), after.status.constant_name());
    work.record(after, Action::StatusChanged, format!("Status changed from {from} to {to}"))
}

/// Keeps an open ticket waiting for the next agent with room.
fn wait(work: &mut Work<'_>, ticket: &Ticket) -> Result<Ticket, Error> {
    let waiting = ticket.clone().wait(work.now);
    if waiting != *ticket {
        work.tx.tickets().save(&waiting)?;
        work.record(&waiting, Action::TicketUpdated, "Waiting for an available agent".to_owned())?;
    }
    leave_dispatch(work, &waiting)?;
    Ok(waiting)
}

/// Has the waiting ticket's department looked at once more after the commit: an agent may have got room while this
/// transaction could not see it, and whoever freed that agent could not see this ticket.
pub(crate) fn leave_dispatch(work: &mut Work<'_>, ticket: &Ticket) -> Result<(), Error> {
    let department = department(work, ticket)?;
    work.effects.dispatch.extend(department);
    Ok(())
}

fn department(work: &mut Work<'_>, ticket: &Ticket) -> Result<Option<DepartmentName>, Error> {
    if let Some(own) = &ticket.department {
        return Ok(Some(own.clone()));
    }
    let departments = work.tx.departments().list()?;
    Ok(assignment::department_of(None, ticket.category, &departments).cloned())
}

fn check_assignable(ticket: &Ticket) -> Result<(), Error> {
    match ticket.status {
        Status::Open | Status::InProgress | Status::Escalated => Ok(()),
        from @ Status::Resolved => Err(Refusal::InvalidTransition { from, to: Status::InProgress }.into()),
        from @ Status::Closed => Ok(transition::check(from, Status::InProgress)?),
    }
}
