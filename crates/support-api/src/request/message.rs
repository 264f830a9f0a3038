//! Writing and reading messages.

use serde::{Deserialize, Serialize};
use support_domain::command::{self, TicketKey};
use support_domain::id::AttachmentId;
use support_domain::value::{ClientMessageId, MessageText};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::reader::{self, Read, Reader, Request};
use crate::schema;
use crate::text;

/// The most files of one message.
const MAX_ATTACHMENTS: usize = 10;

/// Writes a message.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SendMessage {
    /// The text.
    #[schema(value_type = schema::MessageText)]
    pub message: String,
    /// Files that were uploaded to the ticket before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<Uuid>, max_items = 10)]
    pub attachments: Option<Vec<Uuid>>,
    /// The sender's own name for it: the same one again is answered with the first message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::ClientMessageId)]
    pub client_message_id: Option<String>,
}

/// A message that is to be written to some ticket.
#[derive(Clone, Debug)]
pub struct NewMessage {
    text: MessageText,
    client_message_id: Option<ClientMessageId>,
    attachments: Vec<AttachmentId>,
}

impl NewMessage {
    /// The command for its ticket.
    #[must_use]
    pub fn to(self, ticket: TicketKey) -> command::SendMessage {
        let Self { text, client_message_id, attachments } = self;
        command::SendMessage { ticket, text, client_message_id, attachments }
    }
}

impl Request for SendMessage {
    type Command = NewMessage;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        let text = body.required("message", reader::text(text::parse::<MessageText>));
        let attachments = body.list("attachments", MAX_ATTACHMENTS, reader::id(AttachmentId::parse));
        let client_message_id =
            body.optional("clientMessageId", reader::text(text::parse::<ClientMessageId>));
        Ok(NewMessage {
            text: text?,
            client_message_id: client_message_id?,
            attachments: attachments?.unwrap_or_default(),
        })
    }
}

/// Marks messages as read.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MarkRead {
    /// The sequence of the last message that was read.
    #[schema(value_type = schema::Sequence)]
    pub up_to: i64,
}

impl Request for MarkRead {
    type Command = i64;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        body.required("upTo", reader::integer(0, i64::MAX))
    }
}
