//! Tickets.

use diesel::dsl::count_star;
use diesel::prelude::*;
use support_domain::entity::{ChainHead, Ticket};
use support_domain::error::{Entity, StoreError};
use support_domain::id::{AgentId, TicketId};
use support_domain::port::{StoreResult, TicketPage, TicketQuery, TicketRepository, WaitingScope};
use support_domain::value::{Status, TicketNumber};
use tracing::instrument;

use super::super::dialect::{self, locked};
use super::{TrackedTicket, Tx};
use crate::crypto::Seal;
use crate::listing;
use crate::rows::{StoredTicket, TicketRow};
use crate::schema::tickets;
use crate::types::DbId;

impl TicketRepository for Tx<'_> {
    #[instrument(level = "debug", name = "db.tickets.next_number", skip_all)]
    fn next_number(&mut self, year: i32) -> StoreResult<TicketNumber> {
        self.writable()?;
        let serial = self.run(|conn| dialect::next_serial(conn, year))?;
        Ok(TicketNumber::new(year, serial))
    }

    #[instrument(level = "debug", name = "db.tickets.find", skip_all)]
    fn find(&mut self, id: TicketId) -> StoreResult<Option<Ticket>> {
        if let Some(held) = self.held(id) {
            return Ok(Some(held.current.ticket.clone()));
        }
        let query = tickets::table.find(DbId(id)).select(TicketRow::as_select());
        let row: Option<TicketRow> = self.run(|conn| query.get_result(conn).optional())?;
        Ok(self.stored(row)?.map(|stored| stored.ticket))
    }

    #[instrument(level = "debug", name = "db.tickets.find_by_number", skip_all)]
    fn find_by_number(&mut self, number: TicketNumber) -> StoreResult<Option<Ticket>> {
        if let Some(held) = self.tickets.values().find(|held| held.current.ticket.number == number) {
            return Ok(Some(held.current.ticket.clone()));
        }
        let query = tickets::table
            .filter(tickets::number_year.eq(number.year()))
            .filter(tickets::number_serial.eq(number.serial()))
            .select(TicketRow::as_select());
        let row: Option<TicketRow> = self.run(|conn| query.get_result(conn).optional())?;
        Ok(self.stored(row)?.map(|stored| stored.ticket))
    }

    #[instrument(level = "debug", name = "db.tickets.lock", skip_all)]
    fn lock(&mut self, id: TicketId) -> StoreResult<Option<Ticket>> {
        self.writable()?;
        if let Some(held) = self.held(id) {
            return Ok(Some(held.current.ticket.clone()));
        }
        let query = locked!(tickets::table.find(DbId(id)).select(TicketRow::as_select()));
        let row: Option<TicketRow> = self.run(|conn| query.get_result(conn).optional())?;
        let Some(stored) = self.stored(row)? else { return Ok(None) };
        let ticket = stored.ticket.clone();
        self.tickets.insert(id, TrackedTicket { current: stored.clone(), stored: Some(stored) });
        Ok(Some(ticket))
    }

    #[instrument(level = "debug", name = "db.tickets.insert", skip_all)]
    fn insert(&mut self, ticket: &Ticket) -> StoreResult<()> {
        self.writable()?;
        if self.tickets.contains_key(&ticket.id) {
            return Err(StoreError::Conflict { entity: Entity::Ticket, field: "id" });
        }
        let current = StoredTicket { ticket: ticket.clone(), head: ChainHead::EMPTY };
        self.tickets.insert(ticket.id, TrackedTicket { stored: None, current });
        Ok(())
    }

    #[instrument(level = "debug", name = "db.tickets.save", skip_all)]
    fn save(&mut self, ticket: &Ticket) -> StoreResult<()> {
        self.writable()?;
        if self.held(ticket.id).is_none() {
            TicketRepository::lock(self, ticket.id)?;
        }
        let Some(held) = self.held(ticket.id) else {
            return Err(StoreError::Internal(format!("ticket {} was never inserted", ticket.id)));
        };
        held.current.ticket = ticket.clone();
        Ok(())
    }

    #[instrument(level = "debug", name = "db.tickets.list", skip_all)]
    fn list(&mut self, query: &TicketQuery) -> StoreResult<TicketPage> {
        self.flush()?;
        self.page(query)
    }

    #[instrument(level = "debug", name = "db.tickets.next_waiting", skip_all)]
    fn next_waiting(&mut self, scopes: &[WaitingScope]) -> StoreResult<Option<TicketId>> {
        self.flush()?;
        let Some(statement) = listing::next_waiting(dialect::FLAVOR, scopes) else { return Ok(None) };
        let found: Option<listing::FoundId> = self.run(|conn| statement.get_result(conn).optional())?;
        Ok(found.map(|(id,)| id.0))
    }

    #[instrument(level = "debug", name = "db.tickets.count_active", skip_all)]
    fn count_active(&mut self, agent: AgentId) -> StoreResult<u32> {
        self.flush()?;
        let active: Vec<i16> = Status::ALL.iter().filter(|s| s.is_active()).map(|s| s.rank()).collect();
        let has = Some(DbId(agent));
        let handled = tickets::escalated_to
            .eq(has)
            .or(tickets::escalated_to.is_null().and(tickets::assigned_to.eq(has)));
        let query =
            tickets::table.filter(handled).filter(tickets::status.eq_any(active)).select(count_star());
        let count: i64 = self.run(|conn| query.get_result(conn))?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}

impl Tx<'_> {
    /// The ticket of a row.
    fn stored(&mut self, row: Option<TicketRow>) -> StoreResult<Option<StoredTicket>> {
        let Some(row) = row else { return Ok(None) };
        let owner = row.customer_id.0;
        self.customers.insert(row.id.0, owner);
        let key = self.data_key(owner)?;
        row.restore(&Seal { crypto: self.crypto, key: &key }).map(Some)
    }
}
