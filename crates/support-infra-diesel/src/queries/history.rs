//! Tickets' histories.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::result::Error as DieselError;
use support_domain::entity::{ChainHead, ChainReport, HistoryEntry, NewHistoryEntry};
use support_domain::error::StoreError;
use support_domain::id::TicketId;
use support_domain::port::{HistoryRepository, StoreResult, TicketRepository};
use support_domain::rules::chain::ChainCheck;
use support_domain::value::TicketNumber;
use tracing::instrument;

use super::super::dialect::Connection;
use super::Tx;
use crate::crypto::Seal;
use crate::rows::HistoryRow;
use crate::schema::{ticket_history, tickets};
use crate::types::DbId;

/// How many entries are read at once while a chain is checked.
const PAGE: i64 = 200;

impl HistoryRepository for Tx<'_> {
    #[instrument(level = "debug", name = "db.history.append", skip_all)]
    fn append(&mut self, entry: &NewHistoryEntry) -> StoreResult<()> {
        self.writable()?;
        if self.held(entry.ticket_id).is_none() {
            TicketRepository::lock(self, entry.ticket_id)?;
        }
        if self.held(entry.ticket_id).is_none() {
            return Err(StoreError::Internal(format!("history entry {} has no ticket", entry.id)));
        }
        let key = self.ticket_key(entry.ticket_id)?;
        let seal = Seal { crypto: self.crypto, key: &key };
        let Some(held) = self.held(entry.ticket_id) else { return Ok(()) };
        let row = HistoryRow::append(&mut held.current.head, entry, &seal)?;
        self.history.push(row);
        Ok(())
    }

    #[instrument(level = "debug", name = "db.history.list", skip_all)]
    fn list(&mut self, ticket: TicketId, after: i64, limit: u32) -> StoreResult<Vec<HistoryEntry>> {
        self.flush()?;
        let query = ticket_history::table
            .filter(ticket_history::ticket_id.eq(DbId(ticket)))
            .filter(ticket_history::sequence.gt(after))
            .order(ticket_history::sequence.asc())
            .limit(limit.into())
            .select(HistoryRow::as_select());
        let rows: Vec<HistoryRow> = self.run(|conn| query.load(conn))?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let key = self.ticket_key(ticket)?;
        let seal = Seal { crypto: self.crypto, key: &key };
        rows.into_iter().map(|row| row.restore_listed(&seal)).collect()
    }

    #[instrument(level = "debug", name = "db.history.verify", skip_all)]
    fn verify(&mut self, ticket: TicketId, known: Option<ChainHead>) -> StoreResult<Option<ChainReport>> {
        self.flush()?;
        let Some((number, head)) = self.stored_head(ticket)? else {
            let first = self.sequences(ticket, i64::MIN, 1)?.first().copied();
            return Ok(first.map(|sequence| ChainReport::without_ticket(ticket, sequence)));
        };
        let mut check = ChainCheck::new(head, known);
        let mut after = i64::MIN;
        while !check.is_broken() {
            let page = self.stored_entries(ticket, after)?;
            let Some((last, _)) = page.last() else { break };
            after = *last;
            for (sequence, row) in &page {
                match row.as_ref().and_then(HistoryRow::link) {
                    Some(link) => check.entry(&link),
                    None => check.unreadable(*sequence),
                }
            }
        }
        Ok(Some(check.finish(ticket, number)))
    }

    #[instrument(level = "debug", name = "db.history.list_tickets", skip_all)]
    fn list_tickets(&mut self, after: Option<TicketId>, limit: u32) -> StoreResult<Vec<TicketId>> {
        self.flush()?;
        let mut existing = tickets::table.select(tickets::id).order(tickets::id.asc()).into_boxed();
        let mut told = ticket_history::table
            .select(ticket_history::ticket_id)
            .distinct()
            .order(ticket_history::ticket_id.asc())
            .into_boxed();
        if let Some(after) = after {
            existing = existing.filter(tickets::id.gt(DbId(after)));
            told = told.filter(ticket_history::ticket_id.gt(DbId(after)));
        }
        let existing: Vec<DbId<TicketId>> = self.run(|conn| existing.limit(limit.into()).load(conn))?;
        let told: Vec<DbId<TicketId>> = self.run(|conn| told.limit(limit.into()).load(conn))?;
        // The first of both together are among the first of each.
        let both: BTreeSet<TicketId> = existing.into_iter().chain(told).map(|key| key.0).collect();
        Ok(both.into_iter().take(limit.try_into().unwrap_or(usize::MAX)).collect())
    }
}

impl Tx<'_> {
    /// A ticket's number and the head of its history. The rest of its row is not looked at: it may be
    /// damaged.
    fn stored_head(&mut self, ticket: TicketId) -> StoreResult<Option<(TicketNumber, ChainHead)>> {
        let columns =
            (tickets::number_year, tickets::number_serial, tickets::history_sequence, tickets::history_hash);
        let query = tickets::table.find(DbId(ticket)).select(columns);
        let row: Option<(i32, i64, i64, Vec<u8>)> = self.run(|conn| query.get_result(conn).optional())?;
        Ok(row.map(|(year, serial, sequence, hash)| {
            // What is no hash must not be taken for one, and no entry has this one.
            let hash = hash.try_into().unwrap_or([u8::MAX; 32]);
            (TicketNumber::new(year, serial), ChainHead { sequence, hash })
        }))
    }

    /// At most `limit` sequences of a ticket's entries above `after`.
    fn sequences(&mut self, ticket: TicketId, after: i64, limit: i64) -> StoreResult<Vec<i64>> {
        let query = ticket_history::table
            .filter(ticket_history::ticket_id.eq(DbId(ticket)))
            .filter(ticket_history::sequence.gt(after))
            .order(ticket_history::sequence.asc())
            .limit(limit)
            .select(ticket_history::sequence);
        self.run(|conn| query.load(conn))
    }

    /// The next entries above `after` by sequence, those that cannot be read without their rows.
    fn stored_entries(
        &mut self,
        ticket: TicketId,
        after: i64,
    ) -> StoreResult<Vec<(i64, Option<HistoryRow>)>> {
        let of_ticket = ticket_history::table
            .filter(ticket_history::ticket_id.eq(DbId(ticket)))
            .select(HistoryRow::as_select());
        let page = of_ticket
            .filter(ticket_history::sequence.gt(after))
            .order(ticket_history::sequence.asc())
            .limit(PAGE);
        if let Some(rows) = self.readable(|conn| page.load::<HistoryRow>(conn))? {
            return Ok(rows.into_iter().map(|row| (row.sequence, Some(row))).collect());
        }
        // One of them cannot be read: each by itself then.
        let mut entries = Vec::new();
        for sequence in self.sequences(ticket, after, PAGE)? {
            let one = of_ticket.filter(ticket_history::sequence.eq(sequence));
            entries.push((sequence, self.readable(|conn| one.get_result::<HistoryRow>(conn))?));
        }
        Ok(entries)
    }

    /// What a query returns; `None` when a value of it is not of its column's type, which is no failure of
    /// the transaction.
    fn readable<T>(
        &mut self,
        query: impl FnOnce(&mut Connection) -> QueryResult<T>,
    ) -> StoreResult<Option<T>> {
        match query(self.conn) {
            Ok(found) => Ok(Some(found)),
            Err(DieselError::DeserializationError(_)) => Ok(None),
            Err(error) => Err(self.note(error)),
        }
    }
}
