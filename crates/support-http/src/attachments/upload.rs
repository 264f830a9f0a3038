use actix_web::http::header::LOCATION;
use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse};
use support_api::problem::Kind;
use support_api::{message, schema};
use support_attachments::{Accepted, Folder, UploadWriter};
use support_domain::actor::Actor;
use support_domain::command::{AddAttachment, TicketKey};
use support_domain::entity::Upload;
use support_domain::id::AttachmentId;
use support_domain::value::FileKey;
use utoipa::ToSchema;

use super::form::{self, UploadBody};
use crate::extract::{Caller, Limit, NoParams, PathKey};
use crate::failure::Failure;
use crate::limiter::Uploads;
use crate::state::State;

/// A form with one file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes a form that is read piece by piece")]
pub(crate) struct AttachmentForm {
    /// The file, of at most 10 MiB. What it is, is told by its content: an image (PNG, JPEG, GIF, WebP), a
    /// PDF document, an office document without macros (docx, xlsx, pptx, odt, ods, odp), or text in
    /// UTF-8 (plain or CSV).
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Upload a file
///
/// It belongs to the ticket, and is sent by naming its id with a message within a day; then it is deleted.
/// Paths and control characters are taken out of its name, which gets an ending that fits its content.
#[utoipa::path(
    post,
    path = "/support/tickets/{id}/attachments",
    tag = "messages",
    params(("id" = inline(schema::TicketKey), Path, description = "The ticket's id or number.")),
    request_body(content = AttachmentForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "The file.", body = message::Attachment, headers(
            ("Location" = String, description = "The address of the file.")
        )),
        (status = 409), (status = 429)
    )
)]
pub(crate) async fn upload_attachment(
    Caller(actor): Caller,
    _: Limit<Uploads>,
    state: web::Data<State>,
    _: NoParams,
    segment: PathKey,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let body = UploadBody::new(payload);
    let received = receive(&state, &actor, &segment, &request, &body).await;
    let Received { ticket, name, incoming } = match received {
        Ok(received) => received,
        Err(failure) => {
            body.abandon();
            return Err(failure);
        }
    };
    let id = AttachmentId::new(state.ids.next_id());
    let accepted = state.attachment_store.accept(incoming, id.uuid(), &name).await?;
    let is_infected = accepted.is_infected;
    let upload = write_down(&state, &actor, ticket, id, accepted).await?;
    if is_infected {
        let detail = "the scanner found the file to be harmful; it was put into quarantine";
        return Err(Failure::new(Kind::ATTACHMENT_INFECTED, detail));
    }
    let mut response = HttpResponse::Created();
    let attachment = message::Attachment::from(&upload);
    response.insert_header((LOCATION, attachment.url.as_str()));
    Ok(response.json(attachment))
}

/// An upload that has come whole.
struct Received {
    ticket: TicketKey,
    name: String,
    incoming: UploadWriter,
}

/// Checks what can be checked before a byte of the file is read, and reads it.
async fn receive(
    state: &State,
    actor: &Actor,
    segment: &PathKey,
    request: &HttpRequest,
    body: &UploadBody,
) -> Result<Received, Failure> {
    let ticket = segment.ticket()?;
    form::check_head(request)?;
    state.desk.check_upload(actor, ticket).await?;
    let (name, incoming) = form::receive(request.headers(), body, &state.attachment_store).await?;
    Ok(Received { ticket, name, incoming })
}

/// Writes a stored file down. If that fails, its bytes are deleted; if that fails as well, they are found by
/// their age.
async fn write_down(
    state: &State,
    actor: &Actor,
    ticket: TicketKey,
    id: AttachmentId,
    accepted: Accepted,
) -> Result<Upload, Failure> {
    let Accepted { kind, name, size, sha256, key, is_infected } = accepted;
    let command = AddAttachment {
        ticket,
        id,
        name,
        media_type: kind.media_type().to_owned(),
        size: i64::try_from(size).unwrap_or(i64::MAX),
        sha256,
        key: FileKey(*key.bytes()),
        is_quarantined: is_infected,
    };
    let added = state.desk.add_attachment(actor, command).await;
    if added.is_err() {
        let folder = if is_infected { Folder::Quarantine } else { Folder::Objects };
        let _left = state.attachment_store.remove(folder, id.uuid()).await;
    }
    Ok(added?)
}
