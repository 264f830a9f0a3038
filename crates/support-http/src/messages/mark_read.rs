use actix_web::{HttpResponse, web};
use support_api::message::ReadResult;
use support_api::request::MarkRead;
use support_api::schema;

use crate::extract::{Body, Caller, NoParams, PathKey};
use crate::failure::Failure;
use crate::state::State;

/// Mark messages as read
///
/// The messages of the other side, up to and including a `sequence`.
#[utoipa::path(
    post,
    path = "/support/tickets/{id}/messages/read",
    tag = "messages",
    params(("id" = inline(schema::TicketKey), Path, description = "The ticket's id or number.")),
    request_body = MarkRead,
    responses((status = 200, description = "How many were unread before.", body = ReadResult))
)]
pub(crate) async fn mark_messages_read(
    Caller(actor): Caller,
    state: web::Data<State>,
    _: NoParams,
    segment: PathKey,
    body: Body<MarkRead>,
) -> Result<HttpResponse, Failure> {
    let read = state.desk.mark_read(&actor, segment.ticket()?, body.command).await?;
    Ok(HttpResponse::Ok().json(ReadResult { read }))
}
