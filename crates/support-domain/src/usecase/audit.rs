//! Checking histories for tampering.

use std::collections::BTreeMap;

use crate::command::TicketKey;
use crate::entity::{ChainHead, ChainReport};
use crate::error::{Entity, Error};
use crate::id::TicketId;
use crate::rules::access;
use crate::usecase::UseCaseContext;

/// Checks one ticket's history.
pub(crate) fn verify(work: &mut UseCaseContext<'_>, key: TicketKey) -> Result<ChainReport, Error> {
    access::admin(work.actor)?;
    let id = match key {
        // The ticket itself is not read: it may be what was damaged.
        TicketKey::Id(id) => Some(id),
        TicketKey::Number(number) => work.tx.tickets().find_by_number(number)?.map(|ticket| ticket.id),
    };
    let report = match id {
        Some(id) => work.tx.history().verify(id, None)?,
        None => None,
    };
    report.ok_or(Error::NotFound(Entity::Ticket))
}

/// Checks the histories of the first `limit` tickets behind `after`, by id, against the heads that are known
/// of them.
pub(crate) fn page(
    work: &mut UseCaseContext<'_>,
    after: Option<TicketId>,
    limit: u32,
    known: &BTreeMap<TicketId, ChainHead>,
) -> Result<Vec<ChainReport>, Error> {
    access::admin(work.actor)?;
    let mut reports = Vec::new();
    for ticket in work.tx.history().list_tickets(after, limit)? {
        reports.extend(work.tx.history().verify(ticket, known.get(&ticket).copied())?);
    }
    Ok(reports)
}
