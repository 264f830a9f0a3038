//! Uploaded files.

use diesel::prelude::*;
use support_domain::entity::Upload;
use support_domain::error::StoreError;
use support_domain::id::{AttachmentId, UserId};
use support_domain::port::{AttachmentRepository, PruneCriteria, StoreResult};
use tracing::instrument;

use super::super::dialect::locked;
use super::Tx;
use crate::crypto::Seal;
use crate::rows::{AttachmentRow, QUARANTINED, WAITING, write_state};
use crate::schema::attachments;
use crate::types::{DbId, DbTimestamp};

impl AttachmentRepository for Tx<'_> {
    #[instrument(level = "debug", name = "db.attachments.find", skip_all)]
    fn find(&mut self, id: AttachmentId) -> StoreResult<Option<Upload>> {
        let query = attachments::table.find(DbId(id)).select(AttachmentRow::as_select());
        let row: Option<AttachmentRow> = self.run(|conn| query.get_result(conn).optional())?;
        let Some(row) = row else { return Ok(None) };
        let key = self.ticket_key(row.ticket_id.0)?;
        row.restore(&Seal { crypto: self.crypto, key: &key }).map(Some)
    }

    #[instrument(level = "debug", name = "db.attachments.lock", skip_all)]
    fn lock(&mut self, ids: &[AttachmentId]) -> StoreResult<Vec<Upload>> {
        self.writable()?;
        let query = locked!(
            attachments::table
                .filter(attachments::id.eq_any(keys(ids)))
                .order(attachments::id)
                .select(AttachmentRow::as_select())
        );
        let rows: Vec<AttachmentRow> = self.run(|conn| query.load(conn))?;
        let mut uploads = Vec::with_capacity(rows.len());
        for row in rows {
            let key = self.ticket_key(row.ticket_id.0)?;
            uploads.push(row.restore(&Seal { crypto: self.crypto, key: &key })?);
        }
        Ok(uploads)
    }

    #[instrument(level = "debug", name = "db.attachments.list", skip_all)]
    fn list(&mut self, ids: &[AttachmentId]) -> StoreResult<Vec<AttachmentId>> {
        let query = attachments::table
            .filter(attachments::id.eq_any(keys(ids)))
            .order(attachments::id)
            .select(attachments::id);
        let found: Vec<DbId<AttachmentId>> = self.run(|conn| query.load(conn))?;
        Ok(found.into_iter().map(|key| key.0).collect())
    }

    #[instrument(level = "debug", name = "db.attachments.count_waiting", skip_all)]
    fn count_waiting(&mut self, uploaded_by: UserId) -> StoreResult<u64> {
        let query = attachments::table
            .filter(attachments::uploaded_by.eq(DbId(uploaded_by)))
            .filter(attachments::state.eq(WAITING))
            .count();
        let count: i64 = self.run(|conn| query.get_result(conn))?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    #[instrument(level = "debug", name = "db.attachments.insert", skip_all)]
    fn insert(&mut self, upload: &Upload) -> StoreResult<()> {
        self.writable()?;
        // Its ticket, or the message that it was sent with, may be of this transaction.
        self.flush()?;
        let key = self.ticket_key(upload.ticket_id)?;
        let row = AttachmentRow::of(upload, &Seal { crypto: self.crypto, key: &key })?;
        let insert = diesel::insert_into(attachments::table).values(&row);
        self.run(|conn| insert.execute(conn)).map(drop)
    }

    #[instrument(level = "debug", name = "db.attachments.save", skip_all)]
    fn save(&mut self, upload: &Upload) -> StoreResult<()> {
        self.writable()?;
        // The message that it is sent with is of this transaction.
        self.flush()?;
        let (state, message) = write_state(upload.state);
        let update = diesel::update(attachments::table.find(DbId(upload.id)))
            .set((attachments::state.eq(state), attachments::message_id.eq(message)));
        match self.run(|conn| update.execute(conn))? {
            0 => Err(StoreError::Internal(format!("attachment {} was never inserted", upload.id))),
            _ => Ok(()),
        }
    }

    #[instrument(level = "debug", name = "db.attachments.prune", skip_all)]
    fn prune(&mut self, stale: PruneCriteria, limit: u32) -> StoreResult<Vec<AttachmentId>> {
        self.writable()?;
        let (kind, before) = match stale {
            PruneCriteria::Waiting(before) => (WAITING, before),
            PruneCriteria::Quarantined(before) => (QUARANTINED, before),
        };
        let oldest = locked!(
            attachments::table
                .filter(attachments::state.eq(kind))
                .filter(attachments::created_at.lt(DbTimestamp(before)))
                .order((attachments::created_at, attachments::id))
                .limit(limit.into())
                .select(attachments::id)
        );
        let found: Vec<DbId<AttachmentId>> = self.run(|conn| oldest.load(conn))?;
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let mut gone: Vec<AttachmentId> = found.iter().map(|key| key.0).collect();
        gone.sort_unstable();
        let delete = diesel::delete(attachments::table.filter(attachments::id.eq_any(found)));
        self.run(|conn| delete.execute(conn))?;
        Ok(gone)
    }
}

fn keys(ids: &[AttachmentId]) -> Vec<DbId<AttachmentId>> {
    ids.iter().copied().map(DbId).collect()
}
