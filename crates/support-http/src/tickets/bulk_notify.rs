use actix_web::{HttpResponse, web};
use support_api::request::BulkNotify;
use support_api::ticket::BulkResult;

use crate::extract::{Body, NoParams, Staff};
use crate::failure::Failure;
use crate::middleware::RequestId;
use crate::state::State;
use crate::tickets::bulk;

/// Tell the customers or handlers of several tickets something
///
/// One after the other; what fails for one leaves the others standing.
#[utoipa::path(
    post,
    path = "/support/tickets/bulk/notify",
    tag = "tickets",
    request_body = BulkNotify,
    responses((status = 200, description = "What became of each ticket.", body = BulkResult), (status = 403))
)]
pub(crate) async fn bulk_notify(
    Staff(actor): Staff,
    state: web::Data<State>,
    _: NoParams,
    id: RequestId,
    body: Body<BulkNotify>,
) -> Result<HttpResponse, Failure> {
    let (desk, actor) = (&state.desk, &actor);
    Ok(bulk::run(body.command, &id, |notice, ticket| {
        let command = notice.about(ticket);
        async move {
            desk.notify(actor, command).await?;
            desk.ticket(actor, ticket).await
        }
    })
    .await)
}
