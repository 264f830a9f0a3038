//! What is held on a customer: giving it out and erasing it.

use crate::entity::{Action, CustomerExport, Ticket, TicketExport, User};
use crate::error::{Entity, Error};
use crate::id::{NotificationId, TicketId, UserId};
use crate::port::{MessageWindow, PageStart, Sort, SortField, TicketFilter, TicketQuery};
use crate::rules::access::{self, Visibility};
use crate::usecase::UseCaseContext;
use crate::value::Role;

/// Rows that are read at once.
const PAGE: u32 = 200;

/// Writes into the history of each of the customer's tickets that what is held on them is given out.
pub(crate) fn record_export(work: &mut UseCaseContext<'_>, id: UserId) -> Result<(), Error> {
    customer(work, id)?;
    for ticket in tickets(work, id)? {
        let Some(ticket) = work.tx.tickets().lock(ticket.id)? else { continue };
        work.append_history(
            &ticket,
            Action::CustomerExported,
            "All data held on the customer exported".to_owned(),
        )?;
    }
    Ok(())
}

/// Puts together all that is held on a customer.
pub(crate) fn export(work: &mut UseCaseContext<'_>, id: UserId) -> Result<CustomerExport, Error> {
    let customer = customer(work, id)?;
    let mut exported = Vec::new();
    for ticket in tickets(work, id)? {
        exported.push(export_ticket(work, ticket)?);
    }
    let notifications = all_by(|last| {
        let before: Option<NotificationId> = last.map(|last: &crate::entity::Notification| last.id);
        Ok(work.tx.notifications().list(id, before, PAGE)?)
    })?;
    Ok(CustomerExport { exported_at: work.now, customer, tickets: exported, notifications })
}

/// Erases a customer's personal data, and says so in the history of each of their tickets.
pub(crate) fn erase(work: &mut UseCaseContext<'_>, id: UserId) -> Result<(), Error> {
    customer(work, id)?;
    work.tx.users().erase(id)?;
    let all: Vec<TicketId> = tickets(work, id)?.iter().map(|ticket| ticket.id).collect();
    for ticket in all {
        let Some(before) = work.tx.tickets().lock(ticket)? else { continue };
        let ticket = before.clone().erase_subject(work.now);
        work.append_history(
            &ticket,
            Action::CustomerErased,
            "Personal data of the customer erased".to_owned(),
        )?;
        work.tx.tickets().save(&ticket)?;
        work.emit_ticket_updated(&before, &ticket);
    }
    Ok(())
}

fn customer(work: &mut UseCaseContext<'_>, id: UserId) -> Result<User, Error> {
    access::admin(work.actor)?;
    let user = work.tx.users().find(id)?.filter(|user| user.role == Role::Customer);
    user.ok_or(Error::NotFound(Entity::User))
}

fn export_ticket(work: &mut UseCaseContext<'_>, ticket: Ticket) -> Result<TicketExport, Error> {
    let id = ticket.id;
    let messages = all_by(|last: Option<&crate::entity::Message>| {
        let window = MessageWindow::After(last.map_or(0, |last| last.sequence));
        Ok(work.tx.messages().list(id, window, PAGE)?)
    })?;
    let history = all_by(|last: Option<&crate::entity::HistoryEntry>| {
        Ok(work.tx.history().list(id, last.map_or(0, |last| last.sequence), PAGE)?)
    })?;
    Ok(TicketExport { ticket, messages, history })
}

/// All tickets of a customer, oldest first.
fn tickets(work: &mut UseCaseContext<'_>, customer: UserId) -> Result<Vec<Ticket>, Error> {
    let mut filter = TicketFilter::new(Visibility::All);
    filter.customer = vec![customer];
    let sort = Sort { field: SortField::CreatedAt, descending: false };
    let (mut all, mut start) = (Vec::new(), PageStart::First);
    loop {
        let query = TicketQuery { filter: filter.clone(), sort, start, limit: PAGE };
        let page = work.tx.tickets().list(&query)?;
        all.extend(page.items);
        match page.next {
            Some(cursor) => start = PageStart::After(cursor),
            None => return Ok(all),
        }
    }
}

/// All rows of a list that is read by pages, each beginning behind the last row of the one before.
fn all_by<T>(mut page: impl FnMut(Option<&T>) -> Result<Vec<T>, Error>) -> Result<Vec<T>, Error> {
    let mut all = Vec::new();
    loop {
        let next = page(all.last())?;
        let is_last = next.len() < PAGE as usize;
        all.extend(next);
        if is_last {
            return Ok(all);
        }
    }
}
