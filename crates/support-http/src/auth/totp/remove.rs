use actix_web::{HttpRequest, HttpResponse, web};
use support_api::request::RemoveTotp;

use super::{confirmed_user, prove, with_code};
use crate::extract::{Body, NoParams, Staff};
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
    let user = confirmed_user(&request, &state, &actor, body.command.password).await?;
    let proof = prove(&state, user.id, &body.command.code).await?;
    with_code(&request, &state, user.id, state.desk.remove_second_factor(&actor, proof)).await?;
    Ok(HttpResponse::NoContent().finish())
}
