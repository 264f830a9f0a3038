//! Changes of a ticket's details and status, resolution and closing among them (`docs/specification.md`,
//! section 3.5).

use crate::command::{StatusChange, TicketKey, UpdateTicket};
use crate::entity::{Action, NotificationKind, Ticket, TicketChanges, TicketField};
use crate::error::Error;
use crate::rules::access;
use crate::rules::transition::{self, DirectTransition};
use crate::usecase::{UseCaseContext, assign};
use crate::value::{Resolution, Role};

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
    let changes = resolved_changes(work, &command.details)?;
    let ticket = if changes.is_empty() { before.clone() } else { apply(work, &before, changes)? };
    let ticket = match &command.status {
        Some(change) => change_status(work, ticket, change)?,
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
    let status_alone = command.status.as_ref().filter(|_| command.details.is_empty());
    access::check_requested_status(work.actor, status_alone.map(StatusChange::to))
}

/// The changes with the department as it is stored.
fn resolved_changes(work: &mut UseCaseContext<'_>, changes: &TicketChanges) -> Result<TicketChanges, Error> {
    let mut changes = changes.clone();
    if let Some(name) = &changes.department {
        changes.department = Some(work.resolve_department(name)?.name);
    }
    Ok(changes)
}

fn apply(work: &mut UseCaseContext<'_>, before: &Ticket, changes: TicketChanges) -> Result<Ticket, Error> {
    let (ticket, mut fields) = before.clone().apply(changes, work.now)?;
    if fields.contains(&TicketField::Priority) {
        let details = format!("Priority changed from {} to {}", before.priority, ticket.priority);
        work.append_history(&ticket, Action::PriorityChanged, details)?;
        fields.retain(|field| *field != TicketField::Priority);
    }
    if !fields.is_empty() {
        let names: Vec<String> = fields.iter().map(TicketField::to_string).collect();
        work.append_history(&ticket, Action::TicketUpdated, format!("Changed {}", names.join(", ")))?;
    }
    Ok(ticket)
}

fn change_status(
    work: &mut UseCaseContext<'_>,
    ticket: Ticket,
    change: &StatusChange,
) -> Result<Ticket, Error> {
    let transition = transition::direct(ticket.status, change)?;
    access::check_transition_allowed(work.actor, ticket.status)?;
    match transition {
        DirectTransition::Resolve(resolution) => resolve(work, &ticket, resolution),
        DirectTransition::Close => close(work, ticket),
        DirectTransition::Reopen => reopen(work, ticket),
        DirectTransition::Resume => {
            let after = ticket.clone().resume(work.now)?;
            assign::status_changed(work, &ticket, &after)?;
            Ok(after)
        }
    }
}

fn resolve(work: &mut UseCaseContext<'_>, before: &Ticket, resolution: &Resolution) -> Result<Ticket, Error> {
    let ticket = before.clone().resolve(work.actor.id, resolution.clone(), work.now)?;
    work.release_handler(before)?;
    work.append_history(&ticket, Action::TicketResolved, format!("Resolved: {resolution}"))?;
    let ticket =
        work.post_system_message(ticket, "Your request was resolved. If that is not so, you can reopen it.")?;
    let text = format!("Your request {} was resolved: {resolution}", ticket.number);
    work.notify(ticket.customer.id, &ticket, NotificationKind::TicketResolved, &text)?;
    Ok(ticket)
}

fn close(work: &mut UseCaseContext<'_>, ticket: Ticket) -> Result<Ticket, Error> {
    let ticket = ticket.close(work.now)?;
    work.append_history(
        &ticket,
        Action::TicketClosed,
        format!("Ticket closed by {}", work.actor.role.noun()),
    )?;
    work.post_system_message(ticket, "This conversation was closed.")
}

fn reopen(work: &mut UseCaseContext<'_>, ticket: Ticket) -> Result<Ticket, Error> {
    let ticket = ticket.reopen(work.now)?;
    work.return_to_handler(&ticket)?;
    work.append_history(
        &ticket,
        Action::TicketReopened,
        format!("Ticket reopened by {}", work.actor.role.noun()),
    )?;
    work.post_system_message(ticket, "Your request was reopened.")
}

/// A waiting ticket that moved to another department or category may find an agent there.
fn redispatch(work: &mut UseCaseContext<'_>, before: &Ticket, ticket: &Ticket) -> Result<(), Error> {
    let moved = (&before.department, before.category) != (&ticket.department, ticket.category);
    if ticket.waiting && moved {
        assign::redispatch(work, ticket)?;
    }
    Ok(())
}
