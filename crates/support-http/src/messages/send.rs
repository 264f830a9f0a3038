use actix_web::{HttpResponse, web};
use support_api::request::SendMessage;
use support_api::{message, schema};

use crate::extract::{Body, Caller, Limit, NoParams, PathKey};
use crate::failure::Failure;
use crate::limiter::Messages;
use crate::state::State;

/// Write a message
///
/// The same `clientMessageId` again is answered with the first message.
#[utoipa::path(
    post,
    path = "/support/tickets/{id}/messages",
    tag = "messages",
    params(("id" = inline(schema::TicketKey), Path, description = "The ticket's id or number.")),
    request_body = SendMessage,
    responses(
        (status = 201, description = "The message.", body = message::Message),
        (status = 200, description = "The message that was sent under the same name before.", body = message::Message),
        (status = 409),
        (status = 429)
    )
)]
pub(crate) async fn send_message(
    Caller(actor): Caller,
    _: Limit<Messages>,
    state: web::Data<State>,
    _: NoParams,
    segment: PathKey,
    body: Body<SendMessage>,
) -> Result<HttpResponse, Failure> {
    let sent = state.desk.send_message(&actor, body.command.to(segment.ticket()?)).await?;
    let mut response = if sent.repeated { HttpResponse::Ok() } else { HttpResponse::Created() };
    Ok(response.json(message::Message::from(&sent.message)))
}
