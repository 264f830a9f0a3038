//! Uploaded files.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use diesel::prelude::*;
use support_domain::entity::{Upload, UploadState};
use support_domain::id::{AttachmentId, MessageId, TicketId, UserId};
use support_domain::port::StoreResult;
use support_domain::value::FileKey;
use zeroize::Zeroizing;

use crate::crypto::{Content, Life, Seal};
use crate::rows::CellRef;
use crate::schema::attachments;
use crate::types::{DbId, DbTimestamp};

/// The states' names in the database.
pub(crate) const WAITING: &str = "waiting";
const SENT: &str = "sent";
pub(crate) const QUARANTINED: &str = "quarantined";

/// A row of `attachments`.
#[derive(Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = attachments, treat_none_as_default_value = false)]
pub(crate) struct AttachmentRow {
    pub(crate) id: DbId<AttachmentId>,
    pub(crate) ticket_id: DbId<TicketId>,
    pub(crate) uploaded_by: DbId<UserId>,
    pub(crate) content: Vec<u8>,
    pub(crate) media_type: String,
    pub(crate) size: i64,
    pub(crate) state: String,
    pub(crate) message_id: Option<DbId<MessageId>>,
    pub(crate) created_at: DbTimestamp,
}

impl AttachmentRow {
    /// The row of `upload`.
    pub(crate) fn of(upload: &Upload, seal: &Seal<'_>) -> StoreResult<Self> {
        let place = CellRef { table: "attachments", row: &upload.id };
        let (state, message_id) = write_state(upload.state);
        let (sha256, key) = (STANDARD.encode(upload.sha256), Zeroizing::new(STANDARD.encode(upload.key.0)));
        let texts = [Some(upload.name.as_str()), Some(sha256.as_str()), Some(key.as_str())];
        Ok(Self {
            id: DbId(upload.id),
            ticket_id: DbId(upload.ticket_id),
            uploaded_by: DbId(upload.uploaded_by),
            content: seal.write(&place, "content", Life::Changing, &texts)?,
            media_type: upload.media_type.clone(),
            size: upload.size,
            state: state.to_owned(),
            message_id,
            created_at: DbTimestamp(upload.created_at),
        })
    }

    /// The file of this row.
    pub(crate) fn restore(self, seal: &Seal<'_>) -> StoreResult<Upload> {
        let place = CellRef { table: "attachments", row: &self.id.0 };
        let state = match (self.state.as_str(), self.message_id) {
            (WAITING, None) => Some(UploadState::Waiting),
            (SENT, Some(DbId(message))) => Some(UploadState::Sent(message)),
            (QUARANTINED, None) => Some(UploadState::Quarantined),
            _ => None,
        };
        let content = seal.read::<3>(&place, "content", Life::Changing, &self.content)?;
        // Erasing a customer deletes what is known of their files.
        let Content::Known([Some(name), Some(sha256), Some(key)]) = content else {
            return Err(place.damaged("content"));
        };
        let bytes = |text: &str| STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        Ok(Upload {
            name: place.known("content", Some(name).filter(|name| !name.is_empty()))?,
            sha256: place.known("content", bytes(&sha256))?,
            key: FileKey(place.known("content", bytes(&key))?),
            state: place.known("state", state)?,
            id: self.id.0,
            ticket_id: self.ticket_id.0,
            uploaded_by: self.uploaded_by.0,
            media_type: self.media_type,
            size: self.size,
            created_at: self.created_at.0,
        })
    }
}

/// A state as its columns: its name, and the message it names.
pub(crate) const fn write_state(state: UploadState) -> (&'static str, Option<DbId<MessageId>>) {
    match state {
        UploadState::Waiting => (WAITING, None),
        UploadState::Sent(message) => (SENT, Some(DbId(message))),
        UploadState::Quarantined => (QUARANTINED, None),
    }
}
