//! Tickets' histories.

use diesel::prelude::*;
use support_domain::entity::{HistoryEntry, NewHistoryEntry};
use support_domain::error::StoreError;
use support_domain::id::TicketId;
use support_domain::port::{HistoryRepository, StoreResult, TicketRepository};
use tracing::instrument;

use super::Tx;
use crate::rows::HistoryRow;
use crate::schema::ticket_history;
use crate::types::Key;

impl HistoryRepository for Tx<'_> {
    #[instrument(level = "debug", name = "db.history.append", skip_all)]
    fn append(&mut self, entry: &NewHistoryEntry) -> StoreResult<()> {
        self.writable()?;
        if self.held(entry.ticket_id).is_none() {
            TicketRepository::lock(self, entry.ticket_id)?;
        }
        let Some(held) = self.held(entry.ticket_id) else {
            return Err(StoreError::Internal(format!("history entry {} has no ticket", entry.id)));
        };
        let linked = held.current.head.link(entry);
        self.history.push(HistoryRow::of(&linked));
        Ok(())
    }

    #[instrument(level = "debug", name = "db.history.list", skip_all)]
    fn list(&mut self, ticket: TicketId, after: i64, limit: u32) -> StoreResult<Vec<HistoryEntry>> {
        self.settle()?;
        let query = ticket_history::table
            .filter(ticket_history::ticket_id.eq(Key(ticket)))
            .filter(ticket_history::sequence.gt(after))
            .order(ticket_history::sequence.asc())
            .limit(limit.into())
            .select(HistoryRow::as_select());
        let rows: Vec<HistoryRow> = self.run(|conn| query.load(conn))?;
        rows.into_iter().map(HistoryRow::restore).collect()
    }
}
