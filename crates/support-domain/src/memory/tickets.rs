//! Tickets.

use std::cmp::Reverse;

use crate::entity::Ticket;
use crate::error::{Entity, StoreError};
use crate::id::{AgentId, TicketId};
use crate::memory::state::{QueuePlace, State};
use crate::port::{
    MAX_COUNT, PageStart, StoreResult, TicketCursor, TicketFilter, TicketPage, TicketQuery, TicketRepository,
    Total, WaitingScope,
};
use crate::search;
use crate::value::TicketNumber;

impl TicketRepository for State {
    fn next_number(&mut self, year: i32) -> StoreResult<TicketNumber> {
        let serial = self.last_serials.get(&year).map_or(1, |last| last + 1);
        self.last_serials.put(year, serial);
        Ok(TicketNumber::new(year, serial))
    }

    fn find(&mut self, id: TicketId) -> StoreResult<Option<Ticket>> {
        Ok(self.tickets.get(&id).cloned())
    }

    fn find_by_number(&mut self, number: TicketNumber) -> StoreResult<Option<Ticket>> {
        Ok(self.tickets_by_number.get(&number).and_then(|id| self.tickets.get(id)).cloned())
    }

    fn lock(&mut self, id: TicketId) -> StoreResult<Option<Ticket>> {
        TicketRepository::find(self, id)
    }

    fn insert(&mut self, ticket: &Ticket) -> StoreResult<()> {
        if self.tickets.contains(&ticket.id) {
            return Err(StoreError::Conflict { entity: Entity::Ticket, field: "id" });
        }
        if self.tickets_by_number.contains(&ticket.number) {
            return Err(StoreError::Conflict { entity: Entity::Ticket, field: "number" });
        }
        self.tickets_by_number.put(ticket.number, ticket.id);
        self.put_ticket(ticket.clone());
        Ok(())
    }

    fn save(&mut self, ticket: &Ticket) -> StoreResult<()> {
        if !self.tickets.contains(&ticket.id) {
            return Err(StoreError::Internal(format!("ticket {} was never inserted", ticket.id)));
        }
        self.put_ticket(ticket.clone());
        Ok(())
    }

    fn list(&mut self, query: &TicketQuery) -> StoreResult<TicketPage> {
        let field = query.sort.field;
        let place = |ticket: &Ticket| (field.key(ticket), ticket.id);
        let mut found: Vec<_> = self
            .tickets
            .values()
            .filter(|ticket| admits(&query.filter, ticket))
            .map(|t| (place(t), t))
            .collect();
        found.sort_unstable_by_key(|(place, _)| *place);
        if query.sort.descending {
            found.reverse();
        }
        let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
        let skipped = match query.start {
            PageStart::First => 0,
            PageStart::Skip(count) => usize::try_from(count).unwrap_or(usize::MAX),
            PageStart::After(TicketCursor { key, id }) => found.partition_point(|(place, _)| {
                if query.sort.descending { *place >= (key, id) } else { *place <= (key, id) }
            }),
        };
        let mut rest = found.into_iter().skip(skipped);
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let items: Vec<Ticket> = rest.by_ref().take(limit).map(|(_, ticket)| ticket.clone()).collect();
        let more = rest.next().is_some();
        let next =
            items.last().filter(|_| more).map(|last| TicketCursor { key: field.key(last), id: last.id });
        let total = Total { count: total.min(MAX_COUNT), is_exact: total <= MAX_COUNT };
        Ok(TicketPage { items, next, total })
    }

    fn next_waiting(&mut self, scopes: &[WaitingScope]) -> StoreResult<Option<TicketId>> {
        let in_scope = |ticket: &Ticket| {
            scopes.iter().any(|scope| match &ticket.department {
                Some(department) => *department == scope.department,
                None => scope.categories.contains(&ticket.category),
            })
        };
        let mut queue = self.waiting_tickets.keys().map(|(_, _, id)| *id);
        Ok(queue.find(|id| self.tickets.get(id).is_some_and(in_scope)))
    }

    fn count_active(&mut self, agent: AgentId) -> StoreResult<u32> {
        let (first, last) = (TicketId::new(uuid::Uuid::nil()), TicketId::new(uuid::Uuid::max()));
        let count = self.active_tickets.range((agent, first)..=(agent, last)).count();
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}

impl State {
    /// Puts a ticket in place of the one with its id, and its places in the indexes.
    pub(super) fn put_ticket(&mut self, ticket: Ticket) {
        let index = |t: &Ticket| (queue_place(t), t.active_handler().map(|agent| (agent, t.id)));
        let (waited, was_active) = self.tickets.get(&ticket.id).map(index).unwrap_or_default();
        let (waits, is_active) = index(&ticket);
        self.waiting_tickets.reindex(waited, waits, ());
        self.active_tickets.reindex(was_active, is_active, ());
        self.tickets.put(ticket.id, ticket);
    }
}

/// Where a ticket stands among those that wait, if it does.
fn queue_place(ticket: &Ticket) -> Option<QueuePlace> {
    ticket.waiting.then_some((Reverse(ticket.priority), ticket.created_at, ticket.id))
}

/// Whether `filter` lets `ticket` through.
fn admits(filter: &TicketFilter, ticket: &Ticket) -> bool {
    fn among<T: PartialEq>(wanted: &[T], value: Option<&T>) -> bool {
        wanted.is_empty() || value.is_some_and(|value| wanted.contains(value))
    }
    filter.visibility.includes(ticket)
        && among(&filter.status, Some(&ticket.status))
        && among(&filter.priority, Some(&ticket.priority))
        && among(&filter.category, Some(&ticket.category))
        && among(&filter.assigned_to, ticket.assigned_to.as_ref().map(|handler| &handler.id))
        && among(&filter.department, ticket.department.as_ref())
        && among(&filter.customer, Some(&ticket.customer.id))
        && (filter.tags.is_empty() || ticket.tags.as_slice().iter().any(|tag| filter.tags.contains(tag)))
        && !(filter.unassigned && ticket.assigned_to.is_some())
        && filter.created_from.is_none_or(|from| ticket.created_at >= from)
        && filter.created_before.is_none_or(|before| ticket.created_at < before)
        && has_words(&filter.words, ticket)
}

/// Whether every one of `wanted` begins a word of `ticket`.
fn has_words(wanted: &[String], ticket: &Ticket) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let words = search::ticket_words(ticket);
    wanted.iter().all(|wanted| words.iter().any(|word| word.starts_with(wanted.as_str())))
}
