//! Looking at tickets, their history and the figures over them.

use crate::command::TicketKey;
use crate::entity::{HistoryEntry, Statistics, Ticket};
use crate::error::Error;
use crate::port::{StatisticsFilter, TicketFilter, TicketPage, TicketQuery};
use crate::rules::access::{self, Visibility};
use crate::usecase::UseCaseContext;

/// One ticket.
pub(crate) fn find(work: &mut UseCaseContext<'_>, key: TicketKey) -> Result<Ticket, Error> {
    work.find_ticket(key)
}

/// A page of the tickets that the actor may see.
pub(crate) fn list(work: &mut UseCaseContext<'_>, query: &TicketQuery) -> Result<TicketPage, Error> {
    let filter = TicketFilter { visibility: Visibility::of(work.actor), ..query.filter.clone() };
    Ok(work.tx.tickets().list(&TicketQuery { filter, ..query.clone() })?)
}

/// A part of a ticket's history.
pub(crate) fn history(
    work: &mut UseCaseContext<'_>,
    key: TicketKey,
    after: i64,
    limit: u32,
) -> Result<Vec<HistoryEntry>, Error> {
    access::staff(work.actor)?;
    let ticket = work.find_ticket(key)?;
    Ok(work.tx.history().list(ticket.id, after, limit)?)
}

/// Figures: an administrator's over all tickets, an agent's over their own.
pub(crate) fn statistics(
    work: &mut UseCaseContext<'_>,
    period: &StatisticsFilter,
) -> Result<Statistics, Error> {
    access::staff(work.actor)?;
    let agent = work.actor.agent_id().or(period.agent);
    Ok(work.tx.statistics().statistics(&StatisticsFilter { agent, ..period.clone() })?)
}
