//! Files of tickets.
//!
//! Every method fails with [`Error::Store`] when the store does, and [`Error::NotFound`] for what is absent
//! or foreign.
#![expect(clippy::missing_errors_doc, reason = "the errors that all methods share are told above")]

use crate::actor::Actor;
use crate::command::{AddAttachment, TicketKey};
use crate::desk::Desk;
use crate::entity::Upload;
use crate::error::Error;
use crate::id::AttachmentId;
use crate::usecase::{PruneOutcome, attachments};

impl Desk {
    /// Checks that the actor may upload a file to a ticket: to be asked before any of it is read.
    /// [`crate::error::RuleViolation::TicketClosed`], [`crate::error::RuleViolation::TooManyUploads`].
    pub async fn check_upload(&self, actor: &Actor, key: TicketKey) -> Result<(), Error> {
        self.read(actor, move |work| attachments::check(work, key).map(drop)).await
    }

    /// Writes down an uploaded file whose bytes are stored. Refused as by [`Desk::check_upload`].
    pub async fn add_attachment(&self, actor: &Actor, command: AddAttachment) -> Result<Upload, Error> {
        self.write(actor, move |work| attachments::add(work, &command)).await
    }

    /// A file of a ticket that the actor may read. One in quarantine is not found.
    pub async fn attachment(&self, actor: &Actor, key: TicketKey, id: AttachmentId) -> Result<Upload, Error> {
        self.read(actor, move |work| attachments::find(work, key, id)).await
    }

    /// Forgets at most `limit` files that were not sent within a day, and as many that were in quarantine for
    /// a month. Their bytes are to be deleted after it. All were forgotten when the answer is empty.
    pub async fn prune_attachments(&self, limit: u32) -> Result<PruneOutcome, Error> {
        self.write(&Actor::system(), move |work| attachments::prune(work, limit)).await
    }

    /// Which of `ids` are known, in ascending order: the bytes of others belong to nothing.
    pub async fn known_attachments(&self, ids: Vec<AttachmentId>) -> Result<Vec<AttachmentId>, Error> {
        self.read(&Actor::system(), move |work| Ok(work.tx.attachments().list(&ids)?)).await
    }
}
