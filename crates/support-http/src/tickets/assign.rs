use actix_web::{HttpResponse, web};
use support_api::request::AssignTicket;
use support_api::ticket;

use crate::extract::{Admin, Body, NoParams};
use crate::failure::Failure;
use crate::state::State;
use crate::tickets::answer;

/// Assign a ticket to an agent
///
/// Without `agentId` the assignment rule picks. If it finds nobody, an open ticket stays open and waits.
#[utoipa::path(
    post,
    path = "/support/tickets/assign",
    tag = "tickets",
    request_body = AssignTicket,
    responses(
        (status = 200, description = "The ticket as it is now.", body = ticket::Ticket, headers(
            ("ETag" = String, description = "The version of the ticket.")
        )),
        (status = 403),
        (status = 404),
        (status = 409)
    )
)]
pub(crate) async fn assign_ticket(
    Admin(actor): Admin,
    state: web::Data<State>,
    _: NoParams,
    body: Body<AssignTicket>,
) -> Result<HttpResponse, Failure> {
    let ticket = state.desk.assign_ticket(&actor, body.command).await?;
    Ok(answer(HttpResponse::Ok(), &ticket))
}
