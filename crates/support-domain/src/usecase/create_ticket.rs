//! Ticket creation (`docs/specification.md`, section 3.1).

use chrono::TimeDelta;

use crate::command::{CreateOutcome, CreateTicket, NewCustomer};
use crate::entity::{Action, Customer, NewTicket, NotificationKind, Ticket, User};
use crate::error::{Entity, Error, InputField, RuleViolation};
use crate::event::Event;
use crate::id::{TicketId, UserId};
use crate::port::{ClaimOutcome, IdempotencyRecord};
use crate::usecase::{UseCaseContext, assign};
use crate::value::{PersonName, Role};

/// How long a request is remembered by its key.
const REMEMBERED: TimeDelta = TimeDelta::days(2);

/// Opens a ticket, and assigns it if that was asked for and an agent can take it.
pub(crate) fn create(work: &mut UseCaseContext<'_>, command: &CreateTicket) -> Result<CreateOutcome, Error> {
    if work.actor.role == Role::Customer && command.customer.is_some() {
        return Err(Error::Forbidden("only agents and administrators open tickets for others"));
    }
    let id = TicketId::generate(work.ids);
    if let Some(ticket) = find_replay(work, command, id)? {
        return Ok(CreateOutcome { ticket, repeated: true });
    }
    let department = match &command.department {
        Some(name) => Some(work.resolve_department(name)?.name),
        None => None,
    };
    let customer = customer(work, command.customer.as_ref())?;
    let number = work.tx.tickets().next_number(work.now.year())?;
    let new = NewTicket {
        id,
        number,
        customer,
        subject: command.subject.clone(),
        description: command.description.clone(),
        category: command.category,
        priority: command.priority,
        department,
        tags: command.tags.clone(),
        waiting: command.auto_assign,
    };
    let ticket = Ticket::open(new, work.now);
    work.tx.tickets().insert(&ticket)?;
    work.append_history(
        &ticket,
        Action::TicketCreated,
        format!("Ticket created by {}", work.actor.role.noun()),
    )?;
    let text = format!("We have received your request {number}.");
    work.notify(ticket.customer.id, &ticket, NotificationKind::TicketCreated, &text)?;
    work.emit(Event::NewTicket { ticket: ticket.clone() });
    let ticket = if command.auto_assign { assign::auto_assign(work, ticket)? } else { ticket };
    Ok(CreateOutcome { ticket, repeated: false })
}

/// The ticket that the same request made before, if it did; else the request is remembered under its key.
fn find_replay(
    work: &mut UseCaseContext<'_>,
    command: &CreateTicket,
    id: TicketId,
) -> Result<Option<Ticket>, Error> {
    let Some((key, fingerprint)) = &command.idempotency else { return Ok(None) };
    let record = IdempotencyRecord {
        actor: work.actor.id,
        key: key.clone(),
        fingerprint: *fingerprint,
        ticket_id: id,
        created_at: work.now,
    };
    work.tx.idempotency().prune(work.now.plus(-REMEMBERED))?;
    match work.tx.idempotency().claim(&record)? {
        ClaimOutcome::First => Ok(None),
        ClaimOutcome::Repeated(first) if first.fingerprint != *fingerprint => {
            Err(RuleViolation::IdempotencyKeyReused.into())
        }
        ClaimOutcome::Repeated(first) => {
            let ticket = work.tx.tickets().find(first.ticket_id)?;
            ticket.map(Some).ok_or(Error::NotFound(Entity::Ticket))
        }
    }
}

/// Whose ticket it is: the customer who asks, or the one that staff names.
fn customer(work: &mut UseCaseContext<'_>, named: Option<&NewCustomer>) -> Result<Customer, Error> {
    let user = match named {
        Some(named) => named_customer(work, named)?,
        None if work.actor.role == Role::Customer => asking_customer(work)?,
        None => return Err(Error::invalid(InputField::Customer, "is required of agents and administrators")),
    };
    Ok(Customer { id: user.id, name: user.name, email: user.email, phone: user.phone })
}

/// The asking customer as their token describes them, completed by what is known of them.
fn asking_customer(work: &mut UseCaseContext<'_>) -> Result<User, Error> {
    let actor = work.actor;
    let known = work.tx.users().find(actor.id)?;
    let name = actor.name.clone().or_else(|| known.as_ref().map(|user| user.name.clone()));
    let user = User {
        id: actor.id,
        role: Role::Customer,
        name: name.unwrap_or_else(|| PersonName::known("Customer")),
        email: actor.email.clone().or_else(|| known.as_ref().and_then(|user| user.email.clone())),
        phone: actor.phone.clone().or_else(|| known.as_ref().and_then(|user| user.phone.clone())),
        password: None,
        created_at: work.now,
    };
    if known.is_none() {
        work.tx.users().insert_if_absent(&user)?;
    }
    Ok(user)
}

/// The customer whom staff names, by id or by address, added if unknown.
fn named_customer(work: &mut UseCaseContext<'_>, named: &NewCustomer) -> Result<User, Error> {
    let known = match named.id {
        Some(id) => work.tx.users().find(id)?,
        None => work.tx.users().find_customer(&named.email)?,
    };
    if known.as_ref().is_some_and(|user| user.role != Role::Customer) {
        return Err(Error::invalid(InputField::CustomerId, "is not a customer"));
    }
    let user = User {
        id: known.as_ref().map(|user| user.id).or(named.id).unwrap_or_else(|| UserId::generate(work.ids)),
        role: Role::Customer,
        name: named.name.clone(),
        email: Some(named.email.clone()),
        phone: named.phone.clone().or_else(|| known.as_ref().and_then(|user| user.phone.clone())),
        password: None,
        created_at: work.now,
    };
    if known.is_none() {
        work.tx.users().insert_if_absent(&user)?;
    }
    Ok(user)
}
