//! Messages and history entries.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use support_domain::entity::{Action, Attachment, ChainHead, HistoryEntry, Message, NewHistoryEntry};
use support_domain::erasure;
use support_domain::error::StoreError;
use support_domain::id::{AttachmentId, HistoryEntryId, MessageId, TicketId, UserId};
use support_domain::port::StoreResult;
use support_domain::rules::chain::ChainEntry;
use support_domain::rules::chain_digest::{self, ChainContent, Digest};
use support_domain::value::{ClientMessageId, MessageText, SenderType};
use uuid::Uuid;

use crate::crypto::{Content, Life, Seal};
use crate::rows::{CellRef, opened_or, personal};
use crate::schema::{messages, ticket_history};
use crate::types::{DbId, DbTimestamp};

/// A row of `messages`.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = messages, treat_none_as_default_value = false)]
pub(crate) struct MessageRow {
    pub(crate) id: DbId<MessageId>,
    pub(crate) ticket_id: DbId<TicketId>,
    pub(crate) sequence: i64,
    pub(crate) sender_id: DbId<UserId>,
    pub(crate) sender_name: Option<String>,
    pub(crate) sender_type: i16,
    pub(crate) content: Vec<u8>,
    pub(crate) client_message_id: Option<String>,
    pub(crate) is_read: bool,
    pub(crate) created_at: DbTimestamp,
}

/// An attachment in the content of a message. A database may hold its address as well (`url`),
/// which is ignored.
#[derive(Deserialize, Serialize)]
struct AttachmentDocument {
    id: String,
    name: String,
    size: i64,
    #[serde(rename = "type")]
    media_type: String,
}

impl MessageRow {
    /// The row of `message`.
    pub(crate) fn of(message: &Message, seal: &Seal<'_>) -> StoreResult<Self> {
        let place = CellRef { table: "messages", row: &message.id };
        let name = message.sender_name.as_str();
        let is_customers = message.sender_type == SenderType::Customer;
        let attachments = write_attachments(&message.attachments)?;
        let texts = [is_customers.then_some(name), Some(message.text.as_str()), attachments.as_deref()];
        Ok(Self {
            id: DbId(message.id),
            ticket_id: DbId(message.ticket_id),
            sequence: message.sequence,
            sender_id: DbId(message.sender_id),
            sender_name: (!is_customers).then(|| name.to_owned()),
            sender_type: message.sender_type.rank(),
            content: seal.write(&place, "content", Life::Changing, &texts)?,
            client_message_id: message.client_message_id.as_ref().map(|id| id.as_str().to_owned()),
            is_read: message.is_read,
            created_at: DbTimestamp(message.created_at),
        })
    }

    /// The message of this row.
    pub(crate) fn restore(self, seal: &Seal<'_>) -> StoreResult<Message> {
        let content = self.open(seal)?;
        self.restore_with(content)
    }

    /// As [`MessageRow::restore`] for a list, where words that say so stand for what cannot be read: a
    /// conversation has no gaps.
    pub(crate) fn restore_listed(self, seal: &Seal<'_>) -> StoreResult<Message> {
        let unreadable = || Ok(self.without_content(erasure::DAMAGED_NAME, erasure::DAMAGED_TEXT));
        let content = opened_or(self.open(seal), unreadable)?;
        self.restore_with(content)
    }

    fn open(&self, seal: &Seal<'_>) -> StoreResult<[Option<String>; 3]> {
        let place = CellRef { table: "messages", row: &self.id.0 };
        Ok(match seal.read::<3>(&place, "content", Life::Changing, &self.content)? {
            Content::Known(texts) => texts,
            Content::Erased => self.without_content(erasure::NAME, erasure::TEXT),
        })
    }

    fn without_content(&self, name: &str, text: &str) -> [Option<String>; 3] {
        let is_customers = self.sender_name.is_none();
        [is_customers.then(|| name.to_owned()), Some(text.to_owned()), None]
    }

    fn restore_with(self, [within, text, attachments]: [Option<String>; 3]) -> StoreResult<Message> {
        let place = CellRef { table: "messages", row: &self.id.0 };
        let client_id = self.client_message_id.as_deref().map(ClientMessageId::parse);
        let attachments = attachments.as_deref().map_or(Some(Vec::new()), read_attachments);
        Ok(Message {
            sender_name: personal::read_name(
                &place,
                "sender_name",
                self.sender_name.as_deref(),
                within.as_deref(),
            )?,
            sender_type: place.known("sender_type", SenderType::from_rank(self.sender_type))?,
            text: place.parsed("content", MessageText::parse(text.as_deref().unwrap_or_default()))?,
            attachments: place.known("content", attachments)?,
            client_message_id: place.parsed("client_message_id", client_id.transpose())?,
            id: self.id.0,
            ticket_id: self.ticket_id.0,
            sequence: self.sequence,
            sender_id: self.sender_id.0,
            is_read: self.is_read,
            created_at: self.created_at.0,
        })
    }
}

fn write_attachments(attachments: &[Attachment]) -> StoreResult<Option<String>> {
    if attachments.is_empty() {
        return Ok(None);
    }
    let document = |file: &Attachment| AttachmentDocument {
        id: file.id.to_string(),
        name: file.name.clone(),
        size: file.size,
        media_type: file.media_type.clone(),
    };
    let documents: Vec<AttachmentDocument> = attachments.iter().map(document).collect();
    let failed = |error: serde_json::Error| StoreError::Internal(format!("attachments as JSON: {error}"));
    serde_json::to_string(&documents).map(Some).map_err(failed)
}

fn read_attachments(stored: &str) -> Option<Vec<Attachment>> {
    let documents: Vec<AttachmentDocument> = serde_json::from_str(stored).ok()?;
    let file = |document: AttachmentDocument| {
        Some(Attachment {
            id: AttachmentId::new(Uuid::try_parse(&document.id).ok()?),
            name: document.name,
            size: document.size,
            media_type: document.media_type,
        })
    };
    documents.into_iter().map(file).collect()
}

/// A row of `ticket_history`.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = ticket_history, treat_none_as_default_value = false)]
pub(crate) struct HistoryRow {
    pub(crate) id: DbId<HistoryEntryId>,
    pub(crate) ticket_id: DbId<TicketId>,
    pub(crate) sequence: i64,
    pub(crate) action: String,
    pub(crate) performed_by: DbId<UserId>,
    pub(crate) performed_by_name: Option<String>,
    pub(crate) content: Vec<u8>,
    pub(crate) timestamp: DbTimestamp,
    pub(crate) previous_hash: Vec<u8>,
    pub(crate) hash: Vec<u8>,
}

impl HistoryRow {
    /// The row of `entry` behind `head`, which becomes the head.
    pub(crate) fn append(
        head: &mut ChainHead,
        entry: &NewHistoryEntry,
        seal: &Seal<'_>,
    ) -> StoreResult<Self> {
        let place = CellRef { table: "ticket_history", row: &entry.id };
        let name = entry.performed_by_name.as_str();
        let is_customers = entry.performed_by == seal.key.owner();
        let texts = [is_customers.then_some(name), entry.details.as_deref()];
        let mut row = Self {
            id: DbId(entry.id),
            ticket_id: DbId(entry.ticket_id),
            sequence: head.sequence + 1,
            action: entry.action.as_str().to_owned(),
            performed_by: DbId(entry.performed_by),
            performed_by_name: (!is_customers).then(|| name.to_owned()),
            content: seal.write(&place, "content", Life::Lasting, &texts)?,
            timestamp: DbTimestamp(entry.timestamp),
            previous_hash: head.hash.to_vec(),
            hash: Vec::new(),
        };
        *head = ChainHead { sequence: row.sequence, hash: row.computed() };
        row.hash = head.hash.to_vec();
        Ok(row)
    }

    /// The hash that the row's content gives. Nothing is parsed: what reads the same is not always the same.
    fn computed(&self) -> Digest {
        let content = ChainContent {
            ticket_id: self.ticket_id.0.uuid(),
            sequence: self.sequence,
            id: self.id.0.uuid(),
            action: &self.action,
            performed_by: self.performed_by.0.uuid(),
            performed_by_name: self.performed_by_name.as_deref(),
            content: &self.content,
            micros: self.timestamp.0.as_micros(),
        };
        chain_digest::digest(&self.previous_hash, &content)
    }

    /// The row as a link of its chain; `None` when its hashes are none.
    pub(crate) fn link(&self) -> Option<ChainEntry> {
        Some(ChainEntry {
            sequence: self.sequence,
            previous_hash: self.previous_hash.as_slice().try_into().ok()?,
            hash: self.hash.as_slice().try_into().ok()?,
            computed: self.computed(),
        })
    }

    /// The entry of this row, where words that say so stand for what cannot be read.
    pub(crate) fn restore_listed(self, seal: &Seal<'_>) -> StoreResult<HistoryEntry> {
        let unreadable = || Ok(self.without_content(erasure::DAMAGED_NAME, erasure::DAMAGED_TEXT));
        let content = opened_or(self.open(seal), unreadable)?;
        self.restore_with(content)
    }

    fn open(&self, seal: &Seal<'_>) -> StoreResult<[Option<String>; 2]> {
        let place = CellRef { table: "ticket_history", row: &self.id.0 };
        Ok(match seal.read::<2>(&place, "content", Life::Lasting, &self.content)? {
            Content::Known(texts) => texts,
            Content::Erased => self.without_content(erasure::NAME, erasure::TEXT),
        })
    }

    fn without_content(&self, name: &str, text: &str) -> [Option<String>; 2] {
        let is_customers = self.performed_by_name.is_none();
        [is_customers.then(|| name.to_owned()), Some(text.to_owned())]
    }

    fn restore_with(self, [within, details]: [Option<String>; 2]) -> StoreResult<HistoryEntry> {
        let place = CellRef { table: "ticket_history", row: &self.id.0 };
        let beside = self.performed_by_name.as_deref();
        Ok(HistoryEntry {
            sequence: self.sequence,
            previous_hash: place.parsed("previous_hash", self.previous_hash.try_into())?,
            hash: place.parsed("hash", self.hash.try_into())?,
            entry: NewHistoryEntry {
                action: place.known("action", Action::parse(&self.action))?,
                performed_by_name: personal::read_name(
                    &place,
                    "performed_by_name",
                    beside,
                    within.as_deref(),
                )?,
                id: self.id.0,
                ticket_id: self.ticket_id.0,
                performed_by: self.performed_by.0,
                details,
                timestamp: self.timestamp.0,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attachment() -> Attachment {
        Attachment {
            id: AttachmentId::new(Uuid::from_u128(7)),
            name: "größe \"1\".png".to_owned(),
            size: 5_000_000_000,
            media_type: "image/png".to_owned(),
        }
    }

    #[test]
    fn attachments_come_back() {
        let stored = write_attachments(&[attachment()]).expect("JSON").expect("some");
        assert_eq!(read_attachments(&stored), Some(vec![attachment()]));
        assert_eq!(write_attachments(&[]), Ok(None));
    }

    #[test]
    fn a_stored_address_is_ignored() {
        let stored = r#"[{"id":"00000000-0000-0000-0000-000000000007","name":"größe \"1\".png","size":5000000000,
            "type":"image/png","url":"/support/tickets/x/attachments/y"}]"#;
        assert_eq!(read_attachments(stored), Some(vec![attachment()]));
        assert_eq!(read_attachments(r#"[{"id":"7"}]"#), None);
    }
}
