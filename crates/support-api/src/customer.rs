//! What is held on customers.

use serde::{Deserialize, Serialize};
use support_domain::entity;
use utoipa::ToSchema;

use crate::history::HistoryEntry;
use crate::message::Message;
use crate::notification::Notification;
use crate::schema;
use crate::session::User;
use crate::ticket::Ticket;

/// All that is held on a customer.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerExport {
    /// When it was put together.
    #[schema(value_type = schema::Time)]
    pub exported_at: String,
    /// The customer.
    pub customer: User,
    /// When the desk first saw them.
    #[schema(value_type = schema::Time)]
    pub known_since: String,
    /// Their tickets, oldest first.
    pub tickets: Vec<TicketExport>,
    /// Their notifications in the app, newest first.
    pub notifications: Vec<Notification>,
}

/// All that is held on a ticket.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketExport {
    /// The ticket.
    pub ticket: Ticket,
    /// Its messages, in order.
    pub messages: Vec<Message>,
    /// Its history, in order.
    pub history: Vec<HistoryEntry>,
}

impl From<&entity::CustomerExport> for CustomerExport {
    fn from(export: &entity::CustomerExport) -> Self {
        Self {
            exported_at: export.exported_at.to_string(),
            customer: (&export.customer).into(),
            known_since: export.customer.created_at.to_string(),
            tickets: export.tickets.iter().map(TicketExport::from).collect(),
            notifications: export.notifications.iter().map(Notification::from).collect(),
        }
    }
}

impl From<&entity::TicketExport> for TicketExport {
    fn from(export: &entity::TicketExport) -> Self {
        Self {
            ticket: (&export.ticket).into(),
            messages: export.messages.iter().map(Message::from).collect(),
            history: export.history.iter().map(HistoryEntry::from).collect(),
        }
    }
}
