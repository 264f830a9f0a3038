use actix_web::{HttpResponse, web};
use support_api::request::BulkAssign;
use support_api::ticket::BulkResult;

use crate::extract::{Admin, Body, NoParams};
use crate::failure::Failure;
use crate::middleware::RequestId;
use crate::state::State;
use crate::tickets::bulk;

/// Assign several tickets
///
/// One after the other; what fails for one leaves the others standing.
#[utoipa::path(
    post,
    path = "/support/tickets/bulk/assign",
    tag = "tickets",
    request_body = BulkAssign,
    responses((status = 200, description = "What became of each ticket.", body = BulkResult), (status = 403))
)]
pub(crate) async fn bulk_assign(
    Admin(actor): Admin,
    state: web::Data<State>,
    _: NoParams,
    id: RequestId,
    body: Body<BulkAssign>,
) -> Result<HttpResponse, Failure> {
    let (desk, actor) = (&state.desk, &actor);
    Ok(bulk::run(body.command, &id, |assignment, ticket| desk.assign_ticket(actor, assignment.of(ticket)))
        .await)
}
