//! `ChatMessage` (`docs/specification.md`, section 2.4).

use crate::entity::Attachment;
use crate::id::{MessageId, TicketId, UserId};
use crate::time::Timestamp;
use crate::value::{ClientMessageId, MessageText, PersonName, SenderType};

/// A message of a ticket's conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// The ticket it belongs to.
    pub ticket_id: TicketId,
    /// Its place in the conversation: 1, 2, 3 … without a gap.
    pub sequence: i64,
    /// Who wrote it; [`UserId::SYSTEM`] for the desk itself.
    pub sender_id: UserId,
    /// Their name at the time.
    pub sender_name: PersonName,
    /// As what they wrote it.
    pub sender_type: SenderType,
    /// What they wrote: plain text.
    pub text: MessageText,
    /// Files it carries.
    pub attachments: Vec<Attachment>,
    /// The sender's own name for it, unique for a sender in a ticket.
    pub client_message_id: Option<ClientMessageId>,
    /// Whether the other side has read it.
    pub is_read: bool,
    /// When it was written.
    pub created_at: Timestamp,
}
