//! Giving a file out.

use support_domain::actor::Actor;
use support_domain::command::TicketKey;
use support_domain::entity::Upload;
use support_domain::id::AttachmentId;

use crate::attachments::Attachments;
use crate::chunks::Chunks;
use crate::error::{Error, ServiceError};

/// A file on its way out.
pub struct Download {
    /// Its name, as it was cleaned.
    pub name: String,
    /// Its media type, as its bytes say.
    pub media_type: String,
    /// How many bytes `chunks` has in all.
    pub size: u64,
    /// Its bytes, the first of them read already.
    pub chunks: Chunks,
}

impl Attachments {
    /// A file of a ticket, for who may read the ticket. It is served whole.
    ///
    /// # Errors
    /// [`ServiceError::Desk`] as of [`support_domain::desk::Desk::attachment`]; [`Error::Missing`],
    /// [`Error::Damaged`], [`Error::Storage`].
    pub async fn download(
        &self,
        actor: &Actor,
        ticket: TicketKey,
        id: AttachmentId,
    ) -> Result<Download, ServiceError> {
        let upload = self.desk.attachment(actor, ticket, id).await?;
        let Upload { name, media_type, key, size, .. } = upload;
        let size = u64::try_from(size).unwrap_or_default();
        let read = self.store.read(id.uuid(), size, &key).await;
        if read.as_ref().is_err_and(|error| *error == Error::Missing) {
            // The row may have been deleted since it was read, and the bytes after it.
            self.desk.attachment(actor, ticket, id).await?;
        }
        Ok(Download { name, media_type, size, chunks: read? })
    }
}
