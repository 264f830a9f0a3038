//! Notifications in the app, and deliveries by other channels that wait in the outbox.

use crate::id::{NotificationId, OutboxId, TicketId, UserId};
use crate::time::Timestamp;
use crate::value::Channel;

/// Why somebody is notified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotificationKind {
    /// Their ticket was created.
    TicketCreated,
    /// They were assigned a ticket.
    TicketAssigned,
    /// A ticket was escalated to them.
    TicketEscalated,
    /// Their ticket was resolved.
    TicketResolved,
    /// Somebody wrote to them by hand.
    Manual,
}

impl NotificationKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::TicketCreated,
        Self::TicketAssigned,
        Self::TicketEscalated,
        Self::TicketResolved,
        Self::Manual,
    ];

    /// The kind's name on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TicketCreated => "ticket_created",
            Self::TicketAssigned => "ticket_assigned",
            Self::TicketEscalated => "ticket_escalated",
            Self::TicketResolved => "ticket_resolved",
            Self::Manual => "manual",
        }
    }

    /// Reads a name; `None` for an unknown one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}

/// A line in somebody's list of notifications.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// Whom it tells.
    pub user_id: UserId,
    /// The ticket it tells of.
    pub ticket_id: TicketId,
    /// Why they are told.
    pub kind: NotificationKind,
    /// What they are told, for people.
    pub text: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When they read it.
    pub read_at: Option<Timestamp>,
}

/// How far a delivery has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It waits to be delivered.
    Pending,
    /// Its channel is not set up, or there is no address: it will not be delivered.
    Skipped,
}

impl DeliveryState {
    /// The state's name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Skipped => "skipped",
        }
    }
}

/// A row of the outbox: something to deliver though nobody is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: OutboxId,
    /// By which channel; never [`Channel::InApp`].
    pub channel: Channel,
    /// Whom it tells.
    pub user_id: UserId,
    /// The ticket it tells of.
    pub ticket_id: TicketId,
    /// Why they are told.
    pub kind: NotificationKind,
    /// What they are told, for people.
    pub text: String,
    /// How far it has come.
    pub state: DeliveryState,
    /// When it was written.
    pub created_at: Timestamp,
}
