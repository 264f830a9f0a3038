use actix_web::{HttpResponse, web};
use support_api::request::BulkEscalate;
use support_api::ticket::BulkResult;

use crate::extract::{Body, NoParams, Staff};
use crate::failure::Failure;
use crate::middleware::RequestId;
use crate::state::State;
use crate::tickets::bulk;

/// Escalate several tickets
///
/// One after the other; what fails for one leaves the others standing.
#[utoipa::path(
    post,
    path = "/support/tickets/bulk/escalate",
    tag = "tickets",
    request_body = BulkEscalate,
    responses((status = 200, description = "What became of each ticket.", body = BulkResult), (status = 403))
)]
pub(crate) async fn bulk_escalate(
    Staff(actor): Staff,
    state: web::Data<State>,
    _: NoParams,
    id: RequestId,
    body: Body<BulkEscalate>,
) -> Result<HttpResponse, Failure> {
    let (desk, actor) = (&state.desk, &actor);
    Ok(bulk::run(body.command, &id, |escalation, ticket| desk.escalate_ticket(actor, escalation.of(ticket)))
        .await)
}
