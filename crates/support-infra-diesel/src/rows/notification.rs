//! Notifications and the outbox.

use diesel::prelude::*;
use support_domain::entity::{Delivery, DeliveryState, Notification, NotificationKind};
use support_domain::erasure;
use support_domain::id::{NotificationId, OutboxId, TicketId, UserId};
use support_domain::port::StoreResult;
use support_domain::value::Channel;

use crate::crypto::Seal;
use crate::rows::{CellRef, opened_or, personal};
use crate::schema::{notifications, outbox};
use crate::types::{DbId, DbTimestamp};

/// A row of `notifications`.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = notifications, treat_none_as_default_value = false)]
pub(crate) struct NotificationRow {
    pub(crate) id: DbId<NotificationId>,
    pub(crate) user_id: DbId<UserId>,
    pub(crate) ticket_id: DbId<TicketId>,
    pub(crate) kind: String,
    pub(crate) content: Vec<u8>,
    pub(crate) created_at: DbTimestamp,
    pub(crate) read_at: Option<DbTimestamp>,
}

impl NotificationRow {
    /// The row of `notification`.
    pub(crate) fn of(notification: &Notification, seal: &Seal<'_>) -> StoreResult<Self> {
        let place = CellRef { table: "notifications", row: &notification.id };
        Ok(Self {
            id: DbId(notification.id),
            user_id: DbId(notification.user_id),
            ticket_id: DbId(notification.ticket_id),
            kind: notification.kind.as_str().to_owned(),
            content: personal::write_text(seal, &place, "content", &notification.text)?,
            created_at: DbTimestamp(notification.created_at),
            read_at: notification.read_at.map(DbTimestamp),
        })
    }

    /// The notification of this row, where words that say so stand for what cannot be read.
    pub(crate) fn restore_listed(self, seal: Option<&Seal<'_>>) -> StoreResult<Notification> {
        let place = CellRef { table: "notifications", row: &self.id.0 };
        let text = listed_text(seal, &place, &self.content)?;
        Ok(Notification {
            kind: place.known("kind", NotificationKind::parse(&self.kind))?,
            id: self.id.0,
            user_id: self.user_id.0,
            ticket_id: self.ticket_id.0,
            text,
            created_at: self.created_at.0,
            read_at: self.read_at.map(|at| at.0),
        })
    }
}

/// A row of `outbox`.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = outbox, treat_none_as_default_value = false)]
pub(crate) struct OutboxRow {
    pub(crate) id: DbId<OutboxId>,
    pub(crate) channel: i16,
    pub(crate) user_id: DbId<UserId>,
    pub(crate) ticket_id: DbId<TicketId>,
    pub(crate) kind: String,
    pub(crate) content: Vec<u8>,
    pub(crate) state: String,
    pub(crate) created_at: DbTimestamp,
}

impl OutboxRow {
    /// The row of `delivery`.
    pub(crate) fn of(delivery: &Delivery, seal: &Seal<'_>) -> StoreResult<Self> {
        let place = CellRef { table: "outbox", row: &delivery.id };
        Ok(Self {
            id: DbId(delivery.id),
            channel: delivery.channel.rank(),
            user_id: DbId(delivery.user_id),
            ticket_id: DbId(delivery.ticket_id),
            kind: delivery.kind.as_str().to_owned(),
            content: personal::write_text(seal, &place, "content", &delivery.text)?,
            state: delivery.state.as_str().to_owned(),
            created_at: DbTimestamp(delivery.created_at),
        })
    }

    /// The delivery of this row, where words that say so stand for what cannot be read.
    pub(crate) fn restore_listed(self, seal: Option<&Seal<'_>>) -> StoreResult<Delivery> {
        let place = CellRef { table: "outbox", row: &self.id.0 };
        let text = listed_text(seal, &place, &self.content)?;
        let states = [DeliveryState::Pending, DeliveryState::Skipped];
        Ok(Delivery {
            channel: place.known("channel", Channel::from_rank(self.channel))?,
            kind: place.known("kind", NotificationKind::parse(&self.kind))?,
            state: place.known("state", states.into_iter().find(|state| state.as_str() == self.state))?,
            id: self.id.0,
            user_id: self.user_id.0,
            ticket_id: self.ticket_id.0,
            text,
            created_at: self.created_at.0,
        })
    }
}

fn listed_text(seal: Option<&Seal<'_>>, place: &CellRef<'_>, sealed: &[u8]) -> StoreResult<String> {
    let opened = seal.map_or_else(
        || Err(place.damaged("content")),
        |seal| personal::read_text(seal, place, "content", sealed),
    );
    opened_or(opened, || Ok(erasure::DAMAGED_TEXT.to_owned()))
}
