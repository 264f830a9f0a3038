use actix_web::http::header::{HeaderName, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use support_api::request::CreateTicket;
use support_api::{schema, ticket};

use crate::extract::{Body, Caller, Limit, NoParams, idempotency_key};
use crate::failure::Failure;
use crate::fingerprint;
use crate::limiter::Tickets;
use crate::state::State;
use crate::tickets::answer;

/// Says that the ticket was made by an earlier request of the same name.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Open a ticket
///
/// Customers open tickets for themselves, agents and administrators for a `customer`. The same request
/// repeated under the same `Idempotency-Key` is answered with the first ticket.
#[utoipa::path(
    post,
    path = "/support/tickets",
    tag = "tickets",
    params(("Idempotency-Key" = inline(Option<schema::IdempotencyKey>), Header, description = "The caller's own name for the request.")),
    request_body = CreateTicket,
    responses(
        (status = 201, description = "The ticket.", body = ticket::Ticket, headers(
            ("Location" = String, description = "The address of the ticket."),
            ("ETag" = String, description = "The version of the ticket."),
            ("Idempotency-Replayed" = String, description = "`true` if an earlier request made the ticket.")
        )),
        (status = 403),
        (status = 429)
    )
)]
pub(crate) async fn create_ticket(
    Caller(actor): Caller,
    _: Limit<Tickets>,
    state: web::Data<State>,
    _: NoParams,
    request: HttpRequest,
    body: Body<CreateTicket>,
) -> Result<HttpResponse, Failure> {
    let mut command = body.command;
    command.idempotency = idempotency_key(&request)?.map(|key| (key, fingerprint::of(&body.json)));
    let created = state.desk.create_ticket(&actor, command).await?;
    let mut response = HttpResponse::Created();
    response.insert_header((LOCATION, format!("/support/tickets/{}", created.ticket.id)));
    if created.repeated {
        response.insert_header((REPLAYED, "true"));
    }
    Ok(answer(response, &created.ticket))
}
