//! Users' data keys, for the rows that they seal.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use support_domain::error::StoreError;
use support_domain::id::{TicketId, UserId};
use support_domain::port::StoreResult;
use tracing::instrument;

use super::super::dialect::{CACHED_WRITES, locked};
use super::Tx;
use crate::crypto::DataKey;
use crate::rows::DataKeyRow;
use crate::schema::{data_keys, tickets};
use crate::types::DbId;
use crate::work::Access;

impl Tx<'_> {
    /// The user's data key.
    pub(super) fn data_key(&mut self, owner: UserId) -> StoreResult<DataKey> {
        self.load_data_keys([owner])?;
        self.data_keys.get(&owner).cloned().ok_or_else(|| no_key(owner))
    }

    /// The data key of a ticket's customer.
    pub(super) fn ticket_key(&mut self, ticket: TicketId) -> StoreResult<DataKey> {
        let owner = self.customer_of(ticket)?;
        self.data_key(owner)
    }

    /// Reads the data keys of these users that are not known yet. One that is missing or damaged stays
    /// unknown.
    #[instrument(level = "debug", name = "db.data_keys.load", skip_all)]
    pub(super) fn load_data_keys(&mut self, owners: impl IntoIterator<Item = UserId>) -> StoreResult<()> {
        let mut missing = BTreeSet::new();
        for owner in owners {
            if self.data_keys.contains_key(&owner) {
                continue;
            }
            match self.may_remember().then(|| self.crypto.known(owner)).flatten() {
                Some(key) => drop(self.data_keys.insert(owner, key)),
                None => drop(missing.insert(owner)),
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        for row in self.data_key_rows(&missing)? {
            let Some(key) = self.crypto.with_keys(|keys| row.open(keys)) else { continue };
            if self.may_remember() {
                self.crypto.remember(&key, self.epoch);
            }
            self.data_keys.insert(key.owner(), key);
        }
        Ok(())
    }

    fn data_key_rows(&mut self, owners: &BTreeSet<UserId>) -> StoreResult<Vec<DataKeyRow>> {
        match owners.first() {
            Some(owner) if owners.len() == 1 => {
                let query = data_keys::table.find(DbId(*owner)).select(DataKeyRow::as_select());
                self.run(|conn| query.load(conn))
            }
            _ => {
                let owners = owners.iter().map(|owner| DbId(*owner));
                let query = data_keys::table
                    .filter(data_keys::owner_id.eq_any(owners))
                    .select(DataKeyRow::as_select());
                self.run(|conn| query.load(conn))
            }
        }
    }

    /// Whether what other transactions remember of data keys may be relied on, and added to.
    fn may_remember(&self) -> bool {
        self.access == Access::Read || CACHED_WRITES
    }

    /// Adds a user's first data key.
    pub(super) fn add_data_key(&mut self, key: DataKey) -> StoreResult<()> {
        let row = self.crypto.with_keys(|keys| DataKeyRow::of(&key, keys))?;
        let insert = diesel::insert_into(data_keys::table).values(&row);
        self.run(|conn| insert.execute(conn))?;
        self.data_keys.insert(key.owner(), key);
        Ok(())
    }

    /// Puts a new data key in place of the user's: what the old one sealed can never be read again.
    pub(super) fn replace_data_key(&mut self, owner: UserId) -> StoreResult<()> {
        let query = locked!(data_keys::table.find(DbId(owner)).select(DataKeyRow::as_select()));
        let old: Option<DataKeyRow> = self.run(|conn| query.get_result(conn).optional())?;
        let generation = old.map_or(0, |row| row.generation.saturating_add(1));
        let (key, row) = self.crypto.with_keys(|keys| {
            let key = DataKey::draw(owner, generation, keys)?;
            let row = DataKeyRow::of(&key, keys)?;
            Ok::<_, StoreError>((key, row))
        })?;
        let replace = diesel::insert_into(data_keys::table)
            .values(&row)
            .on_conflict(data_keys::owner_id)
            .do_update()
            .set(row.clone());
        self.run(|conn| replace.execute(conn))?;
        self.data_keys.insert(owner, key);
        self.replaced_key = true;
        Ok(())
    }

    /// The data keys of tickets' customers, by ticket. One that is missing or damaged is left out.
    pub(super) fn ticket_keys(
        &mut self,
        tickets: impl Iterator<Item = TicketId>,
    ) -> StoreResult<HashMap<TicketId, DataKey>> {
        let ids: BTreeSet<TicketId> = tickets.collect();
        let query = tickets::table
            .filter(tickets::id.eq_any(ids.iter().map(|id| DbId(*id))))
            .select((tickets::id, tickets::customer_id));
        let owners: Vec<(DbId<TicketId>, DbId<UserId>)> =
            if ids.is_empty() { Vec::new() } else { self.run(|conn| query.load(conn))? };
        self.load_data_keys(owners.iter().map(|(_, owner)| owner.0))?;
        let found = |(ticket, owner): (DbId<TicketId>, DbId<UserId>)| {
            Some((ticket.0, self.data_keys.get(&owner.0)?.clone()))
        };
        Ok(owners.into_iter().filter_map(found).collect())
    }

    /// Whose ticket it is.
    fn customer_of(&mut self, ticket: TicketId) -> StoreResult<UserId> {
        if let Some(held) = self.tickets.get(&ticket) {
            return Ok(held.current.ticket.customer.id);
        }
        if let Some(customer) = self.customers.get(&ticket) {
            return Ok(*customer);
        }
        let query = tickets::table.find(DbId(ticket)).select(tickets::customer_id);
        let found: Option<DbId<UserId>> = self.run(|conn| query.get_result(conn).optional())?;
        let customer = found.ok_or_else(|| StoreError::Internal(format!("there is no ticket {ticket}")))?.0;
        self.customers.insert(ticket, customer);
        Ok(customer)
    }
}

/// The report that a user's data key is missing or damaged.
pub(super) fn no_key(owner: UserId) -> StoreError {
    StoreError::Corrupt { table: "data_keys", column: "sealed", row: owner.to_string() }
}
