//! In-app notifications and the outbox.

use crate::entity::{Delivery, Notification};
use crate::id::{NotificationId, UserId};
use crate::port::StoreResult;
use crate::time::Timestamp;

/// Keeps notifications and deliveries.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait NotificationRepository {
    /// Adds a notification to its user's list.
    fn insert(&mut self, notification: &Notification) -> StoreResult<()>;

    /// At most `limit` notifications of `user`, newest first (by id), with an id below `before`.
    fn list(
        &mut self,
        user: UserId,
        before: Option<NotificationId>,
        limit: u32,
    ) -> StoreResult<Vec<Notification>>;

    /// Marks a notification of `user` as read, unless it was, and returns it; `None` if there is no such one.
    fn mark_read(
        &mut self,
        user: UserId,
        id: NotificationId,
        now: Timestamp,
    ) -> StoreResult<Option<Notification>>;

    /// Puts a delivery into the outbox.
    fn enqueue(&mut self, delivery: &Delivery) -> StoreResult<()>;

    /// At most `limit` deliveries about tickets of any user, oldest first, whatever their state.
    fn list_outbox(&mut self, limit: u32) -> StoreResult<Vec<Delivery>>;
}
