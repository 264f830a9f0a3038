//! Files: as they are kept, and as a message carries them (`docs/specification.md`, section 2.4.1).

use crate::id::{AttachmentId, MessageId, TicketId, UserId};
use crate::time::Timestamp;
use crate::value::FileKey;

/// A file that a message carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its id.
    pub id: AttachmentId,
    /// Its name, cleaned of paths and control characters.
    pub name: String,
    /// Its size in bytes.
    pub size: i64,
    /// Its media type.
    pub media_type: String,
}

/// A file that was uploaded to a ticket. Its bytes are kept elsewhere, under its id.
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its id.
    pub id: AttachmentId,
    /// The ticket it belongs to.
    pub ticket_id: TicketId,
    /// Who uploaded it, and who alone may send it.
    pub uploaded_by: UserId,
    /// Its name, cleaned of paths and control characters.
    pub name: String,
    /// Its media type, as its bytes say.
    pub media_type: String,
    /// Its size in bytes.
    pub size: i64,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// The key by which they are read.
    pub key: FileKey,
    /// What has become of it.
    pub state: UploadState,
    /// When it was uploaded.
    pub created_at: Timestamp,
}

/// What has become of an uploaded file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadState {
    /// It waits to be sent with a message.
    Waiting,
    /// It was sent with this message.
    Sent(MessageId),
    /// A scanner found it to be harmful: it is kept as evidence and never served.
    Quarantined,
}

impl Upload {
    /// The file as messages carry it.
    #[must_use]
    pub fn attachment(&self) -> Attachment {
        Attachment {
            id: self.id,
            name: self.name.clone(),
            size: self.size,
            media_type: self.media_type.clone(),
        }
    }
}

/// Names of files say much about people, so they are left out.
impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload")
            .field("id", &self.id)
            .field("ticket_id", &self.ticket_id)
            .field("media_type", &self.media_type)
            .field("size", &self.size)
            .field("state", &self.state)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}
