use actix_web::http::header::LOCATION;
use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse};
use support_api::{message, schema};
use support_domain::actor::Actor;
use support_domain::entity::Upload;
use utoipa::ToSchema;

use super::form::{self, Form};
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
    let mut form = Form::new(&request, payload);
    let uploaded = upload(&state, &actor, &segment, &request, &mut form).await;
    form.abandon_unread();
    let attachment = message::Attachment::from(&uploaded?);
    let mut response = HttpResponse::Created();
    response.insert_header((LOCATION, attachment.url.as_str()));
    Ok(response.json(attachment))
}

async fn upload(
    state: &State,
    actor: &Actor,
    segment: &PathKey,
    request: &HttpRequest,
    form: &mut Form,
) -> Result<Upload, Failure> {
    let ticket = segment.ticket()?;
    form::check_head(request)?;
    state.attachments.upload(actor, ticket, form).await
}
