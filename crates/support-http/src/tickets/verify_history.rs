use actix_web::{HttpResponse, web};
use support_api::history::HistoryVerification;
use support_api::schema;

use crate::extract::{Admin, Params, PathKey};
use crate::failure::Failure;
use crate::state::State;

/// Check a ticket's history for tampering
///
/// Checks that every entry is there, in order and as it was written, and names the first one that is not. A
/// history that was cut or rewritten with knowledge of the whole database shows against a signed checkpoint
/// alone, on the command line.
#[utoipa::path(
    get,
    path = "/support/tickets/{id}/history/verify",
    tag = "tickets",
    params(("id" = inline(schema::TicketKey), Path, description = "The ticket's id or number.")),
    responses((status = 200, description = "What was found.", body = HistoryVerification), (status = 403))
)]
pub(crate) async fn verify_history(
    Admin(actor): Admin,
    state: web::Data<State>,
    segment: PathKey,
    params: Params,
) -> Result<HttpResponse, Failure> {
    params.read().finish()?;
    let report = state.desk.verify_history(&actor, segment.ticket()?).await?;
    Ok(HttpResponse::Ok().json(HistoryVerification::from(&report)))
}
