//! Uploaded files.

use diesel::prelude::*;
use support_domain::entity::{Upload, UploadState};
use support_domain::id::{AttachmentId, MessageId, TicketId, UserId};
use support_domain::port::StoreResult;

use crate::rows::Place;
use crate::schema::attachments;
use crate::types::{At, Key};

/// The states' names in the database.
pub(crate) const WAITING: &str = "waiting";
const SENT: &str = "sent";
pub(crate) const QUARANTINED: &str = "quarantined";

/// A row of `attachments`.
#[derive(Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = attachments, treat_none_as_default_value = false)]
pub(crate) struct AttachmentRow {
    pub(crate) id: Key<AttachmentId>,
    pub(crate) ticket_id: Key<TicketId>,
    pub(crate) uploaded_by: Key<UserId>,
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) size: i64,
    pub(crate) sha256: Vec<u8>,
    pub(crate) state: String,
    pub(crate) message_id: Option<Key<MessageId>>,
    pub(crate) created_at: At,
}

impl AttachmentRow {
    /// The row of `upload`.
    pub(crate) fn of(upload: &Upload) -> Self {
        let (state, message_id) = write_state(upload.state);
        Self {
            id: Key(upload.id),
            ticket_id: Key(upload.ticket_id),
            uploaded_by: Key(upload.uploaded_by),
            name: write_name(&upload.name),
            media_type: upload.media_type.clone(),
            size: upload.size,
            sha256: upload.sha256.to_vec(),
            state: state.to_owned(),
            message_id,
            created_at: At(upload.created_at),
        }
    }

    /// The file of this row.
    pub(crate) fn restore(self) -> StoreResult<Upload> {
        let place = Place { table: "attachments", row: &self.id.0 };
        let state = match (self.state.as_str(), self.message_id) {
            (WAITING, None) => Some(UploadState::Waiting),
            (SENT, Some(Key(message))) => Some(UploadState::Sent(message)),
            (QUARANTINED, None) => Some(UploadState::Quarantined),
            _ => None,
        };
        Ok(Upload {
            name: read_name(&place, "name", self.name)?,
            sha256: place.parsed("sha256", self.sha256.try_into())?,
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
pub(crate) const fn write_state(state: UploadState) -> (&'static str, Option<Key<MessageId>>) {
    match state {
        UploadState::Waiting => (WAITING, None),
        UploadState::Sent(message) => (SENT, Some(Key(message))),
        UploadState::Quarantined => (QUARANTINED, None),
    }
}

/// The one place where a file's name becomes what is stored of it.
fn write_name(name: &str) -> String {
    name.to_owned()
}

/// The one place where what is stored of a file's name becomes the name.
fn read_name(place: &Place<'_>, column: &'static str, stored: String) -> StoreResult<String> {
    place.known(column, Some(stored).filter(|name| !name.is_empty()))
}
