//! Pages of tickets: see [`crate::listing`].

use diesel::dsl::SqlTypeOf;
use diesel::prelude::*;
use support_domain::entity::Ticket;
use support_domain::port::{MAX_COUNT, StoreResult, TicketCursor, TicketPage, TicketQuery, Total};
use support_domain::value::DepartmentName;

use super::super::dialect::{Db, FLAVOR};
use super::Tx;
use crate::crypto::Seal;
use crate::listing::Listing;
use crate::rows::TicketRow;
use crate::schema::departments;

/// The SQL types of a [`TicketRow`].
type TicketColumns = SqlTypeOf<<TicketRow as Selectable<Db>>::SelectExpression>;

impl Tx<'_> {
    /// A page of tickets.
    pub(super) fn page(&mut self, query: &TicketQuery) -> StoreResult<TicketPage> {
        let departments = self.department_names(&query.filter.department)?;
        let Some(listing) = Listing::new(FLAVOR, query, departments, &self.crypto.blind) else {
            let total = Total { count: 0, is_exact: true };
            return Ok(TicketPage { items: Vec::new(), next: None, total });
        };
        let (driver, total) = self.count(&listing)?;
        let mut rows = self.rows(&listing, driver, total)?;
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let items = self.listed(rows)?;
        let next = items
            .last()
            .filter(|_| more)
            .map(|last| TicketCursor { key: query.sort.field.key(last), id: last.id });
        let total = Total { count: total.min(MAX_COUNT), is_exact: total <= MAX_COUNT };
        Ok(TicketPage { items, next, total })
    }

    /// The tickets of rows. One whose sealed columns are damaged is reported and stays in the list.
    fn listed(&mut self, rows: Vec<TicketRow>) -> StoreResult<Vec<Ticket>> {
        self.load_data_keys(rows.iter().map(|row| row.customer_id.0))?;
        let (crypto, keys) = (self.crypto, &self.data_keys);
        let restore = |row: TicketRow| {
            let seal = keys.get(&row.customer_id.0).map(|key| Seal { crypto, key });
            Ok(row.restore_listed(seal.as_ref())?.ticket)
        };
        rows.into_iter().map(restore).collect()
    }

    /// The rows of the page and one more, if there is one.
    fn rows(&mut self, listing: &Listing, driver: usize, total: u64) -> StoreResult<Vec<TicketRow>> {
        if total == 0 {
            return Ok(Vec::new());
        }
        let few = self.few(listing, driver, total)?;
        match listing.page::<TicketColumns>(driver, total, few) {
            None => Ok(Vec::new()),
            Some(statement) => self.run(|conn| statement.load(conn)),
        }
    }

    /// The condition that drives the list, and the capped number of tickets that meet all.
    fn count(&mut self, listing: &Listing) -> StoreResult<(usize, u64)> {
        let counts: Vec<(i64, i64)> =
            if listing.conditions() > 0 { self.run(|conn| listing.probes().load(conn))? } else { Vec::new() };
        let driver = listing.driver(&counts);
        let smallest = counts.iter().map(|(_, count)| *count).min();
        let total: i64 = match (smallest, listing.total(driver)) {
            (Some(0), _) => 0,
            (probed, None) => probed.unwrap_or_default(),
            (_, Some(statement)) => self.run(|conn| statement.get_result(conn))?,
        };
        Ok((driver, u64::try_from(total).unwrap_or_default()))
    }

    /// The statuses in which few tickets meet all conditions, if the page needs to know.
    fn few(&mut self, listing: &Listing, driver: usize, total: u64) -> StoreResult<Vec<i16>> {
        let Some(statement) = listing.status_counts(driver, total) else { return Ok(Vec::new()) };
        let counts: Vec<(i16, i64)> = self.run(|conn| statement.load(conn))?;
        Ok(Listing::few(&counts))
    }

    /// The departments' names as they are stored: they may have been asked for in another letter case.
    pub(super) fn department_names(&mut self, asked: &[DepartmentName]) -> StoreResult<Vec<String>> {
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<&str> = asked.iter().map(DepartmentName::key).collect();
        let query = departments::table.filter(departments::name_key.eq_any(keys)).select(departments::name);
        self.run(|conn| query.load(conn))
    }
}

#[cfg(test)]
impl Tx<'_> {
    /// The statements that answer `query`, in order.
    pub(in super::super) fn statements(
        &mut self,
        query: &TicketQuery,
    ) -> StoreResult<Vec<crate::statement::Sql>> {
        let departments = self.department_names(&query.filter.department)?;
        let Some(listing) = Listing::new(FLAVOR, query, departments, &self.crypto.blind) else {
            return Ok(Vec::new());
        };
        let (driver, total) = self.count(&listing)?;
        let mut all = Vec::new();
        if listing.conditions() > 0 {
            all.push(listing.probes().into_sql());
        }
        all.extend(listing.total(driver).map(crate::statement::Statement::into_sql));
        if let Some(counts) = listing.status_counts(driver, total) {
            all.push(counts.into_sql());
        }
        let few = self.few(&listing, driver, total)?;
        all.extend(
            listing.page::<TicketColumns>(driver, total, few).map(crate::statement::Statement::into_sql),
        );
        Ok(all)
    }
}
