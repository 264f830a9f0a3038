use actix_web::{HttpRequest, HttpResponse, web};
use support_api::request::{BothFactors, RemoveTotp};

use crate::extract::{Body, NoParams, Staff, guard};
use crate::failure::Failure;
use crate::state::State;

/// Turn the second factor off
#[utoipa::path(
    delete,
    path = "/auth/totp",
    tag = "auth",
    request_body = RemoveTotp,
    responses(
        (status = 204, description = "Logins no longer ask for it."),
        (status = 403),
        (status = 409),
        (status = 429)
    )
)]
pub(crate) async fn remove_totp(
    Staff(actor): Staff,
    request: HttpRequest,
    state: web::Data<State>,
    _: NoParams,
    body: Body<RemoveTotp>,
) -> Result<HttpResponse, Failure> {
    let BothFactors { password, code } = body.command;
    let guard = guard(&request, &state);
    state.authentication.remove_second_factor(&actor, password, code, &guard).await?;
    Ok(HttpResponse::NoContent().finish())
}
