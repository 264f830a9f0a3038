use actix_web::{HttpResponse, web};
use support_api::notification::NotifyResult;
use support_api::request::NotifyTicket;
use support_api::schema;

use crate::extract::{Body, NoParams, PathKey, Staff};
use crate::failure::Failure;
use crate::state::State;

/// Tell a ticket's customer or handler something
#[utoipa::path(
    post,
    path = "/support/tickets/{id}/notify",
    tag = "tickets",
    params(("id" = inline(schema::TicketKey), Path, description = "The ticket's id or number.")),
    request_body = NotifyTicket,
    responses(
        (status = 202, description = "The notification is on its way.", body = NotifyResult),
        (status = 403),
        (status = 409)
    )
)]
pub(crate) async fn notify_ticket(
    Staff(actor): Staff,
    state: web::Data<State>,
    _: NoParams,
    segment: PathKey,
    body: Body<NotifyTicket>,
) -> Result<HttpResponse, Failure> {
    let notice = body.command;
    let sent = state.desk.notify(&actor, notice.about(segment.ticket()?)).await?;
    Ok(HttpResponse::Accepted().json(NotifyResult {
        channels: notice.channels().iter().map(|channel| (*channel).into()).collect(),
        notification_id: sent.map(|notification| notification.id.uuid()),
    }))
}
