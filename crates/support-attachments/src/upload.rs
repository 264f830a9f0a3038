//! Taking a file in.

use bytes::Bytes;
use support_domain::actor::Actor;
use support_domain::command::{AddAttachment, TicketKey};
use support_domain::entity::Upload;
use support_domain::error::{Error as DeskError, StoreError};
use support_domain::id::AttachmentId;

use crate::attachment_store::Accepted;
use crate::attachments::Attachments;
use crate::error::{Error, Refused, ServiceError};
use crate::incoming::UploadWriter;
use crate::name;
use crate::storage::Folder;

/// A file that somebody sends, whatever brings it: a form, a stream, a file of this machine.
///
/// What its sender says of its type is not asked for: the bytes decide.
pub trait FileSource {
    /// Why the file did not come, or what the service says of it.
    type Error: From<ServiceError>;

    /// The file's name as its sender gave it. Asked once, before the first piece, and only when the actor may
    /// upload.
    fn name(&mut self) -> impl Future<Output = Result<String, Self::Error>>;

    /// The next piece of the file, of any size; `None` behind the last, after which it is not asked again. A
    /// failure means that the file is not to be kept.
    fn next(&mut self) -> impl Future<Output = Result<Option<Bytes>, Self::Error>>;
}

impl Attachments {
    /// Takes a file for a ticket, where it waits to be sent with a message. See [`Attachments`] for the order
    /// of the steps.
    ///
    /// A row that is refused takes the bytes along. They are left to [`Attachments::collect`] if they cannot
    /// be deleted, if the store may have written the row although it failed, and if this future is dropped.
    ///
    /// # Errors
    /// [`ServiceError::Desk`] as of [`support_domain::desk::Desk::check_upload`], before anything is read,
    /// and of [`support_domain::desk::Desk::add_attachment`], once all is; [`Error::Busy`],
    /// [`Error::Refused`], [`Error::Scanner`], [`Error::Storage`]; and those of `source`. There is no row
    /// then, but for [`Refused::Infected`], whose file is in quarantine, and a commit that is not known to
    /// have failed.
    pub async fn upload<S: FileSource>(
        &self,
        actor: &Actor,
        ticket: TicketKey,
        source: &mut S,
    ) -> Result<Upload, S::Error> {
        self.desk.check_upload(actor, ticket).await.map_err(ServiceError::from)?;
        let (name, incoming) = self.receive(source).await?;
        Ok(self.keep(actor, ticket, &name, incoming).await?)
    }

    /// Reads a file whole; returns its clean name and its bytes.
    async fn receive<S: FileSource>(&self, source: &mut S) -> Result<(String, UploadWriter), S::Error> {
        let name = source.name().await?;
        let name = name::clean(&name).map_err(|refused| ServiceError::File(refused.into()))?;
        let mut incoming = self.store.receive().await.map_err(ServiceError::from)?;
        while let Some(piece) = source.next().await? {
            incoming.write(&piece).await.map_err(ServiceError::from)?;
        }
        Ok((name, incoming))
    }

    /// Stores the bytes of a file, then writes its row.
    async fn keep(
        &self,
        actor: &Actor,
        ticket: TicketKey,
        name: &str,
        incoming: UploadWriter,
    ) -> Result<Upload, ServiceError> {
        let id = AttachmentId::generate(self.ids.as_ref());
        let Accepted { kind, name, size, sha256, key, is_infected } =
            self.store.accept(incoming, id.uuid(), name).await?;
        let command = AddAttachment {
            ticket,
            id,
            name,
            media_type: kind.media_type().to_owned(),
            size: i64::try_from(size).unwrap_or(i64::MAX),
            sha256,
            key,
            is_quarantined: is_infected,
        };
        let added = self.desk.add_attachment(actor, command).await;
        if added.as_ref().is_err_and(|error| !may_be_written(error)) {
            let folder = if is_infected { Folder::Quarantine } else { Folder::Objects };
            let _left = self.store.remove(folder, id.uuid()).await;
        }
        let upload = added?;
        if is_infected { Err(Error::from(Refused::Infected).into()) } else { Ok(upload) }
    }
}

/// Whether the row may be there all the same: a connection that breaks at the commit does not tell.
const fn may_be_written(error: &DeskError) -> bool {
    matches!(error, DeskError::Store(StoreError::Unavailable | StoreError::Internal(_)))
}
