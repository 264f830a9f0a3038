use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use support_api::{schema, ticket};

use crate::extract::{Caller, IfNoneMatch, NoParams, PathKey};
use crate::failure::Failure;
use crate::state::State;
use crate::tickets::{answer, etag};

/// Read a ticket
#[utoipa::path(
    get,
    path = "/support/tickets/{id}",
    tag = "tickets",
    params(
        ("id" = inline(schema::TicketKey), Path, description = "The ticket's id or number."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of a copy.")
    ),
    responses(
        (status = 200, description = "The ticket.", body = ticket::Ticket, headers(
            ("ETag" = String, description = "The version of the ticket.")
        )),
        (status = 304, description = "The copy is still good.", headers(
            ("ETag" = String, description = "The version of the ticket.")
        ))
    )
)]
pub(crate) async fn get_ticket(
    Caller(actor): Caller,
    state: web::Data<State>,
    _: NoParams,
    segment: PathKey,
    copies: IfNoneMatch,
) -> Result<HttpResponse, Failure> {
    let ticket = state.desk.ticket(&actor, segment.ticket()?).await?;
    let mut response =
        if copies.has(ticket.version) { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    // The caller may keep a copy, but must ask each time whether it is still good.
    response.insert_header((CACHE_CONTROL, "private, no-cache"));
    if copies.has(ticket.version) {
        return Ok(response.insert_header(etag(&ticket)).finish());
    }
    Ok(answer(response, &ticket))
}
