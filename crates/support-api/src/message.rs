//! Chat messages.

use serde::{Deserialize, Serialize};
use support_domain::entity;
use support_domain::id::TicketId;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::choice::SenderType;
use crate::schema;

/// A message of a ticket's conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Its id.
    pub id: Uuid,
    /// The ticket it belongs to.
    pub ticket_id: Uuid,
    /// Who wrote it; the nil UUID for the desk itself.
    pub sender_id: Uuid,
    /// Their name at the time.
    pub sender_name: String,
    /// As what they wrote it.
    pub sender_type: SenderType,
    /// What they wrote: plain text.
    pub message: String,
    /// The files it carries.
    pub attachments: Vec<Attachment>,
    /// Whether the other side has read it.
    pub is_read: bool,
    /// When it was written.
    #[schema(value_type = schema::Time)]
    pub created_at: String,
    /// Its place in the conversation: 1, 2, 3 … without a gap.
    #[schema(value_type = schema::Count)]
    pub sequence: i64,
    /// The sender's own name for it.
    #[schema(required = true)]
    pub client_message_id: Option<String>,
}

/// A file that a message carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Where it is served.
    pub url: String,
    /// Its size in bytes.
    #[schema(value_type = schema::Count)]
    pub size: i64,
    /// Its media type.
    #[serde(rename = "type")]
    pub media_type: String,
}

impl From<&entity::Message> for Message {
    fn from(message: &entity::Message) -> Self {
        Self {
            id: message.id.uuid(),
            ticket_id: message.ticket_id.uuid(),
            sender_id: message.sender_id.uuid(),
            sender_name: message.sender_name.as_str().to_owned(),
            sender_type: message.sender_type.into(),
            message: message.text.as_str().to_owned(),
            attachments: message
                .attachments
                .iter()
                .map(|file| Attachment::of(message.ticket_id, file))
                .collect(),
            is_read: message.is_read,
            created_at: message.created_at.to_string(),
            sequence: message.sequence,
            client_message_id: message.client_message_id.as_ref().map(|id| id.as_str().to_owned()),
        }
    }
}

impl Attachment {
    /// A file of this ticket.
    #[must_use]
    pub fn of(ticket: TicketId, attachment: &entity::Attachment) -> Self {
        Self {
            id: attachment.id.uuid(),
            name: attachment.name.clone(),
            url: format!("/support/tickets/{ticket}/attachments/{}", attachment.id),
            size: attachment.size,
            media_type: attachment.media_type.clone(),
        }
    }
}

impl From<&entity::Upload> for Attachment {
    fn from(upload: &entity::Upload) -> Self {
        Self::of(upload.ticket_id, &upload.attachment())
    }
}

/// How many messages were marked as read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReadResult {
    /// Messages that were unread before.
    #[schema(value_type = schema::Count)]
    pub read: u32,
}

#[cfg(test)]
mod tests {
    use support_domain::id::AttachmentId;

    use super::*;

    #[test]
    fn a_file_is_served_below_its_ticket() {
        let attachment = entity::Attachment {
            id: AttachmentId::new(Uuid::from_u128(2)),
            name: "a.png".to_owned(),
            size: 7,
            media_type: "image/png".to_owned(),
        };
        let shown = Attachment::of(TicketId::new(Uuid::from_u128(1)), &attachment);
        let json = serde_json::to_value(shown).expect("JSON");
        let url = "/support/tickets/00000000-0000-0000-0000-000000000001/attachments/00000000-0000-0000-0000-000000000002";
        let expected = serde_json::json!({
            "id": "00000000-0000-0000-0000-000000000002", "name": "a.png", "url": url, "size": 7, "type": "image/png",
        });
        assert_eq!(json, expected);
    }
}
