use actix_web::{HttpResponse, web};
use support_api::request::EscalateTicket;
use support_api::ticket;

use crate::extract::{Body, NoParams, Staff};
use crate::failure::Failure;
use crate::state::State;
use crate::tickets::answer;

/// Escalate a ticket to a higher tier
///
/// To at most one of `agentId`, `department` and `tier`. With none of them, the escalation rule picks.
#[utoipa::path(
    post,
    path = "/support/tickets/escalate",
    tag = "tickets",
    request_body = EscalateTicket,
    responses(
        (status = 200, description = "The ticket as it is now.", body = ticket::Ticket, headers(
            ("ETag" = String, description = "The version of the ticket.")
        )),
        (status = 403),
        (status = 404),
        (status = 409)
    )
)]
pub(crate) async fn escalate_ticket(
    Staff(actor): Staff,
    state: web::Data<State>,
    _: NoParams,
    body: Body<EscalateTicket>,
) -> Result<HttpResponse, Failure> {
    let ticket = state.desk.escalate_ticket(&actor, body.command).await?;
    Ok(answer(HttpResponse::Ok(), &ticket))
}
