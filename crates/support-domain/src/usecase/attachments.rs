//! Files of tickets: what is known of them. Their bytes are kept by whoever calls, under the same ids.

use chrono::TimeDelta;

use crate::command::{AddAttachment, TicketKey};
use crate::entity::{Action, Ticket, Upload, UploadState};
use crate::error::{Entity, Error, InputField, RuleViolation, Violation};
use crate::id::{AttachmentId, MessageId};
use crate::port::PruneCriteria;
use crate::usecase::UseCaseContext;
use crate::value::Status;

/// The most files of one person that wait to be sent.
const MAX_WAITING: u64 = 100;
/// How long a file waits to be sent before it is deleted.
const WAITING: TimeDelta = TimeDelta::hours(24);
/// How long a file is kept in quarantine.
const QUARANTINE: TimeDelta = TimeDelta::days(30);

/// Checks that the actor may upload a file to a ticket, before any of it is read.
pub(crate) fn check(work: &mut UseCaseContext<'_>, key: TicketKey) -> Result<Ticket, Error> {
    let ticket = work.find_ticket(key)?;
    if ticket.status == Status::Closed {
        return Err(RuleViolation::TicketClosed.into());
    }
    if work.tx.attachments().count_waiting(work.actor.id)? >= MAX_WAITING {
        return Err(RuleViolation::TooManyUploads { most: MAX_WAITING }.into());
    }
    Ok(ticket)
}

/// Writes down a file whose bytes are stored. One in quarantine is written down whatever has become of the
/// ticket meanwhile: it is evidence.
pub(crate) fn add(work: &mut UseCaseContext<'_>, command: &AddAttachment) -> Result<Upload, Error> {
    let ticket =
        if command.is_quarantined { work.find_ticket(command.ticket)? } else { check(work, command.ticket)? };
    let upload = Upload {
        id: command.id,
        ticket_id: ticket.id,
        uploaded_by: work.actor.id,
        name: command.name.clone(),
        media_type: command.media_type.clone(),
        size: command.size,
        sha256: command.sha256,
        key: command.key.clone(),
        state: if command.is_quarantined { UploadState::Quarantined } else { UploadState::Waiting },
        created_at: work.now,
    };
    work.tx.attachments().insert(&upload)?;
    Ok(upload)
}

/// A file that may be served to the actor.
pub(crate) fn find(work: &mut UseCaseContext<'_>, key: TicketKey, id: AttachmentId) -> Result<Upload, Error> {
    let ticket = work.find_ticket(key)?;
    let upload = work.tx.attachments().find(id)?;
    let upload =
        upload.filter(|upload| upload.ticket_id == ticket.id && upload.state != UploadState::Quarantined);
    upload.ok_or(Error::NotFound(Entity::Attachment))
}

/// The files that the actor uploaded to the ticket and may send now, locked, in the order of `ids`.
pub(super) fn lock_waiting(
    work: &mut UseCaseContext<'_>,
    ticket: &Ticket,
    ids: &[AttachmentId],
) -> Result<Vec<Upload>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let locked = work.tx.attachments().lock(ids)?;
    let mut violations = Vec::new();
    let mut uploads: Vec<Upload> = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        let upload = locked.iter().find(|upload| {
            upload.id == *id && upload.ticket_id == ticket.id && upload.uploaded_by == work.actor.id
        });
        let detail = match upload {
            Some(_) if uploads.iter().any(|earlier| earlier.id == *id) => "is named twice",
            Some(upload) if upload.state == UploadState::Waiting => {
                uploads.push(upload.clone());
                continue;
            }
            Some(Upload { state: UploadState::Sent(_), .. }) => "was sent with an earlier message",
            _ => "no such attachment",
        };
        violations.push(Violation { field: InputField::Attachment(index), detail: detail.to_owned() });
    }
    if violations.is_empty() { Ok(uploads) } else { Err(Error::Invalid(violations)) }
}

/// Binds files to the message that carries them, which is when others come to see them, and writes it into
/// the history: without their names, which could never be taken back there.
pub(super) fn send(
    work: &mut UseCaseContext<'_>,
    ticket: &Ticket,
    message: MessageId,
    uploads: Vec<Upload>,
) -> Result<(), Error> {
    for upload in uploads {
        let details = format!("Attached a file of type {} with {} bytes", upload.media_type, upload.size);
        work.tx.attachments().save(&Upload { state: UploadState::Sent(message), ..upload })?;
        work.append_history(ticket, Action::AttachmentAdded, details)?;
    }
    Ok(())
}

/// Deletes at most `limit` files that were not sent in time, and as many whose quarantine is over; returns
/// their ids, those in quarantine apart.
pub(crate) fn prune(work: &mut UseCaseContext<'_>, limit: u32) -> Result<PruneOutcome, Error> {
    let before = |age: TimeDelta| work.now.plus(-age);
    let (waiting, quarantined) =
        (PruneCriteria::Waiting(before(WAITING)), PruneCriteria::Quarantined(before(QUARANTINE)));
    let attachments = work.tx.attachments();
    Ok(PruneOutcome {
        unsent: attachments.prune(waiting, limit)?,
        quarantined: attachments.prune(quarantined, limit)?,
    })
}

/// Files that were forgotten, and whose bytes can go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PruneOutcome {
    /// Those that were not sent in time.
    pub unsent: Vec<AttachmentId>,
    /// Those whose quarantine is over.
    pub quarantined: Vec<AttachmentId>,
}
