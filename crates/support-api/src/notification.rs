//! In-app notifications.

use serde::{Deserialize, Serialize};
use support_domain::entity;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::choice::{Channel, NotificationKind};
use crate::schema;

/// A line in somebody's list of notifications.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// Its id.
    pub id: Uuid,
    /// The ticket it tells of.
    pub ticket_id: Uuid,
    /// Why its reader is told.
    pub kind: NotificationKind,
    /// What they are told.
    pub message: String,
    /// Whether they have read it.
    pub is_read: bool,
    /// When it was written.
    #[schema(value_type = schema::Time)]
    pub created_at: String,
    /// When they read it.
    #[schema(required = true, value_type = Option<schema::Time>)]
    pub read_at: Option<String>,
}

impl From<&entity::Notification> for Notification {
    fn from(notification: &entity::Notification) -> Self {
        Self {
            id: notification.id.uuid(),
            ticket_id: notification.ticket_id.uuid(),
            kind: notification.kind.into(),
            message: notification.text.clone(),
            is_read: notification.read_at.is_some(),
            created_at: notification.created_at.to_string(),
            read_at: notification.read_at.map(|time| time.to_string()),
        }
    }
}

/// A notification that was taken on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotifyResult {
    /// By which channels it goes out.
    pub channels: Vec<Channel>,
    /// The id of the notification in the app, if it is one.
    #[schema(required = true)]
    pub notification_id: Option<Uuid>,
}
