//! Requests that may be repeated.

use diesel::prelude::*;
use support_domain::error::StoreError;
use support_domain::port::{Claim, IdempotencyRecord, IdempotencyRepository, StoreResult};
use support_domain::time::Timestamp;
use tracing::instrument;

use super::Tx;
use crate::rows::IdempotencyRow;
use crate::schema::idempotency_keys;
use crate::types::At;

impl IdempotencyRepository for Tx<'_> {
    #[instrument(level = "debug", name = "db.idempotency.claim", skip_all)]
    fn claim(&mut self, record: &IdempotencyRecord) -> StoreResult<Claim> {
        self.writable()?;
        let row = IdempotencyRow::of(record, self.vault);
        let insert = diesel::insert_into(idempotency_keys::table)
            .values(&row)
            .on_conflict((idempotency_keys::actor_id, idempotency_keys::key))
            .do_nothing();
        if self.run(|conn| insert.execute(conn))? > 0 {
            self.claimed.push(record.ticket_id);
            return Ok(Claim::First);
        }
        let query = idempotency_keys::table.find((row.actor_id, row.key)).select(IdempotencyRow::as_select());
        let first: Option<IdempotencyRow> = self.run(|conn| query.get_result(conn).optional())?;
        // Only pruning deletes records, and it may have come between the two statements.
        first.ok_or(StoreError::Unavailable)?.restore(&record.key, self.vault).map(Claim::Repeated)
    }

    #[instrument(level = "debug", name = "db.idempotency.prune", skip_all)]
    fn prune(&mut self, before: Timestamp) -> StoreResult<()> {
        self.writable()?;
        let old = idempotency_keys::table.filter(idempotency_keys::created_at.lt(At(before)));
        self.run(|conn| diesel::delete(old).execute(conn)).map(drop)
    }
}
