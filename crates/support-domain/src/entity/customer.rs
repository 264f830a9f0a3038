//! All that is held on a customer.

use crate::entity::{HistoryEntry, Message, Notification, Ticket, User};
use crate::time::Timestamp;

/// All that is held on a customer, for them to have (GDPR, articles 15 and 20).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerExport {
    /// When it was put together.
    pub exported_at: Timestamp,
    /// The customer.
    pub customer: User,
    /// Their tickets, oldest first.
    pub tickets: Vec<TicketExport>,
    /// Their notifications in the app, newest first.
    pub notifications: Vec<Notification>,
}

/// All that is held on a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketExport {
    /// The ticket.
    pub ticket: Ticket,
    /// Its messages, in order.
    pub messages: Vec<Message>,
    /// Its history, in order.
    pub history: Vec<HistoryEntry>,
}
