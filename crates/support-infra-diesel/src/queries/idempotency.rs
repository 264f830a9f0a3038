//! Requests that may be repeated.

use diesel::prelude::*;
use support_domain::error::StoreError;
use support_domain::port::{ClaimOutcome, IdempotencyRecord, IdempotencyRepository, StoreResult};
use support_domain::time::Timestamp;
use tracing::instrument;

use super::Tx;
use crate::rows::IdempotencyRow;
use crate::schema::idempotency_keys;
use crate::types::DbTimestamp;

impl IdempotencyRepository for Tx<'_> {
    #[instrument(level = "debug", name = "db.idempotency.claim", skip_all)]
    fn claim(&mut self, record: &IdempotencyRecord) -> StoreResult<ClaimOutcome> {
        self.writable()?;
        let row = IdempotencyRow::of(record, self.crypto);
        let insert = diesel::insert_into(idempotency_keys::table)
            .values(&row)
            .on_conflict((idempotency_keys::actor_id, idempotency_keys::key))
            .do_nothing();
        if self.run(|conn| insert.execute(conn))? > 0 {
            self.claimed.push(record.ticket_id);
            return Ok(ClaimOutcome::First);
        }
        let query = idempotency_keys::table.find((row.actor_id, row.key)).select(IdempotencyRow::as_select());
        let first: Option<IdempotencyRow> = self.run(|conn| query.get_result(conn).optional())?;
        // Only pruning deletes records, and it may have come between the two statements.
        first.ok_or(StoreError::Unavailable)?.restore(&record.key, self.crypto).map(ClaimOutcome::Repeated)
    }

    #[instrument(level = "debug", name = "db.idempotency.prune", skip_all)]
    fn prune(&mut self, before: Timestamp) -> StoreResult<()> {
        self.writable()?;
        let old = idempotency_keys::table.filter(idempotency_keys::created_at.lt(DbTimestamp(before)));
        self.run(|conn| diesel::delete(old).execute(conn)).map(drop)
    }
}
