//! Changes of a ticket's details and status, resolution and closing among them (`docs/specification.md`,
//! section 3.5).

use crate::command::TicketKey;
use crate::command::UpdateTicket;
use crate::entity::{Action, NotificationKind, Ticket, TicketChanges};
use crate::error::{Error, RuleViolation};
use crate::rules::{access, transition};
use crate::usecase::{UseCaseContext, assign};
use crate::value::{Resolution, Role, Status};

/// Changes details first, then the status, all or nothing.
pub(crate) fn update(
    work: &mut UseCaseContext<'_>,
    key: TicketKey,
    command: &UpdateTicket,
) -> Result<Ticket, Error> {
    check_role(work, command)?;
    let before = work.lock_ticket(key)?;
    if command.expected_version.is_some_and(|expected| expected != before.version) {
        return Err(Error::VersionMismatch { current: before.version });
    }
    check_resolution(command)?;
    let details = known_details(work, &command.details)?;
    let ticket = if is_empty(&details) { before.clone() } else { revise(work, &before, details)? };
    let ticket = match command.status {
        Some(status) => change_status(work, ticket, status, command.resolution.as_ref())?,
        None => ticket,
    };
    if ticket != before {
        work.tx.tickets().save(&ticket)?;
        work.emit_ticket_updated(&before, &ticket);
        redispatch(work, &before, &ticket)?;
    }
    Ok(ticket)
}

fn check_role(work: &UseCaseContext<'_>, command: &UpdateTicket) -> Result<(), Error> {
    if work.actor.role != Role::Customer {
        return Ok(());
    }
    let status_alone = is_empty(&command.details) && command.resolution.is_none();
    access::check_requested_status(work.actor, command.status.filter(|_| status_alone))
}

fn check_resolution(command: &UpdateTicket) -> Result<(), Error> {
    match (command.status, &command.resolution) {
        (Some(Status::Resolved), None) => {
            Err(Error::invalid("/resolution", "is required to resolve a ticket"))
        }
        (Some(Status::Resolved), Some(_)) | (_, None) => Ok(()),
        (_, Some(_)) => Err(Error::invalid("/resolution", "goes with the status resolved only")),
    }
}

const fn is_empty(details: &TicketChanges) -> bool {
    details.subject.is_none()
        && details.description.is_none()
        && details.category.is_none()
        && details.priority.is_none()
        && details.department.is_none()
        && details.tags.is_none()
}

fn known_details(work: &mut UseCaseContext<'_>, details: &TicketChanges) -> Result<TicketChanges, Error> {
    let mut details = details.clone();
    if let Some(name) = &details.department {
        details.department = Some(work.resolve_department(name, "/department")?.name);
    }
    Ok(details)
}

fn revise(work: &mut UseCaseContext<'_>, before: &Ticket, details: TicketChanges) -> Result<Ticket, Error> {
    let (ticket, changes) = before.clone().revise(details, work.now)?;
    if changes.contains(&"priority") {
        let details = format!("Priority changed from {} to {}", before.priority, ticket.priority);
        work.append_history(&ticket, Action::PriorityChanged, details)?;
    }
    let others: Vec<&str> = changes.iter().copied().filter(|change| *change != "priority").collect();
    if !others.is_empty() {
        work.append_history(&ticket, Action::TicketUpdated, format!("Changed {}", others.join(", ")))?;
    }
    Ok(ticket)
}

fn change_status(
    work: &mut UseCaseContext<'_>,
    ticket: Ticket,
    to: Status,
    resolution: Option<&Resolution>,
) -> Result<Ticket, Error> {
    transition::check_direct(ticket.status, to)?;
    access::check_transition_allowed(work.actor, ticket.status)?;
    match (ticket.status, to) {
        (_, Status::Resolved) => {
            let resolution = resolution.ok_or_else(|| Error::invalid("/resolution", "is required"))?;
            resolve(work, &ticket, resolution)
        }
        (_, Status::Closed) => close(work, ticket),
        (Status::Resolved, Status::InProgress) => reopen(work, ticket),
        (Status::Escalated, Status::InProgress) => {
            let after = ticket.clone().progress(work.now)?;
            assign::status_changed(work, &ticket, &after)?;
            Ok(after)
        }
        (from, to) => Err(RuleViolation::InvalidTransition { from, to }.into()),
    }
}

fn resolve(work: &mut UseCaseContext<'_>, before: &Ticket, resolution: &Resolution) -> Result<Ticket, Error> {
    let ticket = before.clone().resolve(work.actor.id, resolution.clone(), work.now)?;
    work.release(before)?;
    work.append_history(&ticket, Action::TicketResolved, format!("Resolved: {resolution}"))?;
    let ticket =
        work.post_system_message(ticket, "Your request was resolved. If that is not so, you can reopen it.")?;
    let text = format!("Your request {} was resolved: {resolution}", ticket.number);
    work.notify(ticket.customer.id, &ticket, NotificationKind::TicketResolved, &text)?;
    Ok(ticket)
}

fn close(work: &mut UseCaseContext<'_>, ticket: Ticket) -> Result<Ticket, Error> {
    let ticket = ticket.close(work.now)?;
    work.append_history(&ticket, Action::TicketClosed, format!("Ticket closed by {}", performer(work)))?;
    work.post_system_message(ticket, "This conversation was closed.")
}

fn reopen(work: &mut UseCaseContext<'_>, ticket: Ticket) -> Result<Ticket, Error> {
    let ticket = ticket.reopen(work.now)?;
    work.take_back(&ticket)?;
    work.append_history(&ticket, Action::TicketReopened, format!("Ticket reopened by {}", performer(work)))?;
    work.post_system_message(ticket, "Your request was reopened.")
}

const fn performer(work: &UseCaseContext<'_>) -> &'static str {
    match work.actor.role {
        Role::Customer => "customer",
        Role::Agent => "agent",
        Role::Admin => "administrator",
    }
}

/// A waiting ticket that moved to another department or category may find an agent there.
fn redispatch(work: &mut UseCaseContext<'_>, before: &Ticket, ticket: &Ticket) -> Result<(), Error> {
    let moved = (&before.department, before.category) != (&ticket.department, ticket.category);
    if ticket.waiting && moved {
        assign::schedule_dispatch(work, ticket)?;
    }
    Ok(())
}
