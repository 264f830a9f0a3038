//! In-app notifications and the outbox.

use diesel::prelude::*;
use support_domain::entity::{Delivery, Notification};
use support_domain::id::{NotificationId, UserId};
use support_domain::port::{NotificationRepository, StoreResult};
use support_domain::time::Timestamp;
use tracing::instrument;

use super::super::dialect::locked;
use super::Tx;
use crate::crypto::Seal;
use crate::rows::{NotificationRow, OutboxRow};
use crate::schema::{notifications, outbox};
use crate::types::{DbId, DbTimestamp};

impl NotificationRepository for Tx<'_> {
    #[instrument(level = "debug", name = "db.notifications.insert", skip_all)]
    fn insert(&mut self, notification: &Notification) -> StoreResult<()> {
        self.writable()?;
        let key = self.ticket_key(notification.ticket_id)?;
        let row = NotificationRow::of(notification, &Seal { crypto: self.crypto, key: &key })?;
        self.notifications.push(row);
        Ok(())
    }

    #[instrument(level = "debug", name = "db.notifications.list", skip_all)]
    fn list(
        &mut self,
        user: UserId,
        before: Option<NotificationId>,
        limit: u32,
    ) -> StoreResult<Vec<Notification>> {
        self.flush()?;
        let of_user = notifications::table
            .filter(notifications::user_id.eq(DbId(user)))
            .order(notifications::id.desc())
            .limit(limit.into())
            .select(NotificationRow::as_select());
        let rows: Vec<NotificationRow> = self.run(|conn| match before {
            None => of_user.load(conn),
            Some(before) => of_user.filter(notifications::id.lt(DbId(before))).load(conn),
        })?;
        let keys = self.ticket_keys(rows.iter().map(|row| row.ticket_id.0))?;
        let crypto = self.crypto;
        let restore = |row: NotificationRow| {
            let seal = keys.get(&row.ticket_id.0).map(|key| Seal { crypto, key });
            row.restore_listed(seal.as_ref())
        };
        rows.into_iter().map(restore).collect()
    }

    #[instrument(level = "debug", name = "db.notifications.mark_read", skip_all)]
    fn mark_read(
        &mut self,
        user: UserId,
        id: NotificationId,
        now: Timestamp,
    ) -> StoreResult<Option<Notification>> {
        self.writable()?;
        self.flush()?;
        let query = locked!(
            notifications::table
                .find(DbId(id))
                .filter(notifications::user_id.eq(DbId(user)))
                .select(NotificationRow::as_select())
        );
        let row: Option<NotificationRow> = self.run(|conn| query.get_result(conn).optional())?;
        let Some(mut row) = row else { return Ok(None) };
        if row.read_at.is_none() {
            row.read_at = Some(DbTimestamp(now));
            let update =
                diesel::update(notifications::table.find(row.id)).set(notifications::read_at.eq(row.read_at));
            self.run(|conn| update.execute(conn))?;
        }
        let key = self.ticket_key(row.ticket_id.0)?;
        row.restore_listed(Some(&Seal { crypto: self.crypto, key: &key })).map(Some)
    }

    #[instrument(level = "debug", name = "db.outbox.enqueue", skip_all)]
    fn enqueue(&mut self, delivery: &Delivery) -> StoreResult<()> {
        self.writable()?;
        let key = self.ticket_key(delivery.ticket_id)?;
        let row = OutboxRow::of(delivery, &Seal { crypto: self.crypto, key: &key })?;
        self.outbox.push(row);
        Ok(())
    }

    #[instrument(level = "debug", name = "db.outbox.list", skip_all)]
    fn list_outbox(&mut self, limit: u32) -> StoreResult<Vec<Delivery>> {
        self.flush()?;
        let query = outbox::table
            .order((outbox::created_at, outbox::id))
            .limit(limit.into())
            .select(OutboxRow::as_select());
        let rows: Vec<OutboxRow> = self.run(|conn| query.load(conn))?;
        let keys = self.ticket_keys(rows.iter().map(|row| row.ticket_id.0))?;
        let crypto = self.crypto;
        let restore = |row: OutboxRow| {
            let seal = keys.get(&row.ticket_id.0).map(|key| Seal { crypto, key });
            row.restore_listed(seal.as_ref())
        };
        rows.into_iter().map(restore).collect()
    }
}
