//! In-app notifications and the outbox.

use std::ops::Bound::{Excluded, Included};

use crate::entity::{Delivery, Notification};
use crate::id::{NotificationId, UserId};
use crate::memory::state::State;
use crate::port::{NotificationRepository, StoreResult};
use crate::time::Timestamp;

impl NotificationRepository for State {
    fn insert(&mut self, notification: &Notification) -> StoreResult<()> {
        self.notifications.put((notification.user_id, notification.id), notification.clone());
        Ok(())
    }

    fn list(
        &mut self,
        user: UserId,
        before: Option<NotificationId>,
        limit: u32,
    ) -> StoreResult<Vec<Notification>> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let first = Included((user, NotificationId::new(uuid::Uuid::nil())));
        let last = before.map_or(Included((user, NotificationId::new(uuid::Uuid::max()))), |before| {
            Excluded((user, before))
        });
        let newest = self.notifications.range((first, last)).rev().take(limit);
        Ok(newest.map(|(_, notification)| notification.clone()).collect())
    }

    fn mark_read(
        &mut self,
        user: UserId,
        id: NotificationId,
        now: Timestamp,
    ) -> StoreResult<Option<Notification>> {
        let Some(mut notification) = self.notifications.get(&(user, id)).cloned() else {
            return Ok(None);
        };
        notification.read_at.get_or_insert(now);
        self.notifications.put((user, id), notification.clone());
        Ok(Some(notification))
    }

    fn enqueue(&mut self, delivery: &Delivery) -> StoreResult<()> {
        self.outbox.put((delivery.created_at, delivery.id), delivery.clone());
        Ok(())
    }

    fn list_outbox(&mut self, limit: u32) -> StoreResult<Vec<Delivery>> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(self.outbox.values().take(limit).cloned().collect())
    }
}
