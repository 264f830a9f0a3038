//! What a transaction has yet to send.

use std::mem;

use diesel::prelude::*;
use diesel::query_builder::QueryFragment;
use support_domain::error::StoreError;
use support_domain::id::{TicketId, UserId};
use support_domain::port::StoreResult;

use super::super::dialect::{self, Db, insert_rows};
use super::data_keys::no_key;
use super::{TrackedTicket, Tx};
use crate::crypto::Seal;
use crate::rows::{AgentRow, NewTicketRow, TicketChanges};
use crate::schema::{messages, notifications, outbox, ticket_history, tickets};
use crate::statement::Update;
use crate::types::DbId;

/// Up to so many rows are what a command writes; more is a load of data.
const SMALL: usize = 16;

/// The rows to add, and the changes of others.
type TicketRows = (Vec<NewTicketRow>, Vec<(TicketId, TicketChanges)>);

impl Tx<'_> {
    /// Sends everything and checks what could not be checked before.
    pub(super) fn finish(&mut self) -> StoreResult<()> {
        self.flush()?;
        for ticket in mem::take(&mut self.claimed) {
            if !self.tickets.contains_key(&ticket) && !self.ticket_exists(ticket)? {
                return Err(StoreError::Internal(format!("no ticket {ticket} for a claimed request")));
            }
        }
        Ok(())
    }

    /// Sends everything, so that a query sees it.
    pub(super) fn flush(&mut self) -> StoreResult<()> {
        let agent_rows: Vec<AgentRow> = mem::take(&mut self.agents).values().map(AgentRow::of).collect();
        let (new_tickets, ticket_changes) = self.ticket_rows()?;
        let message_rows = mem::take(&mut self.messages);
        let history_rows = mem::take(&mut self.history);
        let notification_rows = mem::take(&mut self.notifications);
        let outbox_rows = mem::take(&mut self.outbox);

        let counts = [
            agent_rows.len(),
            new_tickets.len(),
            ticket_changes.len(),
            message_rows.len(),
            history_rows.len(),
            notification_rows.len(),
            outbox_rows.len(),
        ];
        let total: usize = counts.iter().sum();
        if total == 0 {
            return Ok(());
        }
        let small = total <= SMALL;
        let mut statements: Vec<Box<dyn QueryFragment<Db> + '_>> = Vec::new();
        for row in &agent_rows {
            statements.push(Box::new(Update::new("agents", row.id.0, row)));
        }
        insert_rows!(statements, small, tickets::table, new_tickets);
        for (id, changes) in ticket_changes {
            statements.push(Box::new(Update::new("tickets", id, changes)));
        }
        insert_rows!(statements, small, messages::table, message_rows);
        insert_rows!(statements, small, ticket_history::table, history_rows);
        insert_rows!(statements, small, notifications::table, notification_rows);
        insert_rows!(statements, small, outbox::table, outbox_rows);
        self.run(|conn| dialect::execute_all(conn, statements, small))
    }

    /// Takes the tickets to add and those to change, which count as stored from here on.
    fn ticket_rows(&mut self) -> StoreResult<TicketRows> {
        let customers: Vec<UserId> =
            self.tickets.values().map(|held| held.current.ticket.customer.id).collect();
        self.load_data_keys(customers)?;
        let (mut added, mut changed) = (Vec::new(), Vec::new());
        for (id, held) in &mut self.tickets {
            let owner = held.current.ticket.customer.id;
            let key = self.data_keys.get(&owner).ok_or_else(|| no_key(owner))?;
            let seal = Seal { crypto: self.crypto, key };
            match &held.stored {
                None => added.push(held.current.new_row(&seal)?),
                Some(stored) => match held.current.changes(stored, &seal)? {
                    None => continue,
                    Some(columns) => changed.push((*id, columns)),
                },
            }
            held.stored = Some(held.current.clone());
        }
        Ok((added, changed))
    }

    fn ticket_exists(&mut self, id: TicketId) -> StoreResult<bool> {
        let query = tickets::table.find(DbId(id)).select(tickets::version);
        Ok(self.run(|conn| query.get_result::<i64>(conn).optional())?.is_some())
    }

    /// The ticket as this transaction holds it.
    pub(super) fn held(&mut self, id: TicketId) -> Option<&mut TrackedTicket> {
        self.tickets.get_mut(&id)
    }
}
