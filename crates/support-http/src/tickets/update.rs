use actix_web::{HttpResponse, web};
use support_api::request::UpdateTicket;
use support_api::{schema, ticket};
use support_domain::actor::Actor;
use support_domain::command::TicketKey;
use support_domain::rules::access;

use crate::extract::{Body, Caller, IfMatch, NoParams, PathKey};
use crate::failure::Failure;
use crate::state::State;
use crate::tickets::answer;

/// Change a ticket
///
/// What is absent stays as it is. Details change first, then the status, all or nothing. Customers may only
/// close or reopen their own resolved ticket.
#[utoipa::path(
    patch,
    path = "/support/tickets/{id}",
    tag = "tickets",
    params(
        ("id" = inline(schema::TicketKey), Path, description = "The ticket's id or number."),
        ("If-Match" = Option<String>, Header, pattern = r#"^(\*|"[!#-~]*")$"#, description = "The `ETag` that the ticket must still have.")
    ),
    request_body = UpdateTicket,
    responses(
        (status = 200, description = "The ticket as it is now.", body = ticket::Ticket, headers(
            ("ETag" = String, description = "The version of the ticket.")
        )),
        (status = 403),
        (status = 409),
        (status = 412)
    )
)]
pub(crate) async fn update_ticket(
    Caller(actor): Caller,
    state: web::Data<State>,
    _: NoParams,
    segment: PathKey,
    condition: IfMatch,
    body: Body<UpdateTicket>,
) -> Result<HttpResponse, Failure> {
    let key = segment.ticket()?;
    let mut command = body.command.command().or_else(|misfit| {
        // Neither is a customer's to ask for, so that a customer is told that alone.
        access::check_requested_status(&actor, None)?;
        Err(Failure::validation(vec![misfit]))
    })?;
    command.expected_version = expected_version(&state, &actor, key, &condition).await?;
    let ticket = state.desk.update_ticket(&actor, key, command).await?;
    Ok(answer(HttpResponse::Ok(), &ticket))
}

/// The one version the desk is to insist on: of several that would do, the one that the ticket is at.
async fn expected_version(
    state: &State,
    actor: &Actor,
    key: TicketKey,
    condition: &IfMatch,
) -> Result<Option<i64>, Failure> {
    let IfMatch::OneOf(versions) = condition else { return Ok(None) };
    if let [only] = versions.as_slice() {
        return Ok(Some(*only));
    }
    let current = state.desk.ticket(actor, key).await?.version;
    Ok(Some(if versions.contains(&current) { current } else { 0 }))
}
