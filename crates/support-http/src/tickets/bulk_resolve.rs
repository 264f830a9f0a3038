use actix_web::{HttpResponse, web};
use support_api::request::BulkResolve;
use support_api::ticket::BulkResult;

use crate::extract::{Body, NoParams, Staff};
use crate::failure::Failure;
use crate::middleware::RequestId;
use crate::state::State;
use crate::tickets::bulk;

/// Resolve several tickets
///
/// One after the other; what fails for one leaves the others standing.
#[utoipa::path(
    post,
    path = "/support/tickets/bulk/resolve",
    tag = "tickets",
    request_body = BulkResolve,
    responses((status = 200, description = "What became of each ticket.", body = BulkResult), (status = 403))
)]
pub(crate) async fn bulk_resolve(
    Staff(actor): Staff,
    state: web::Data<State>,
    _: NoParams,
    id: RequestId,
    body: Body<BulkResolve>,
) -> Result<HttpResponse, Failure> {
    let (desk, actor) = (&state.desk, &actor);
    Ok(bulk::run(body.command, &id, |update, ticket| desk.update_ticket(actor, ticket, update.clone())).await)
}
