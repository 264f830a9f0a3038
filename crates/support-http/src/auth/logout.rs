use actix_web::{HttpResponse, web};
use support_api::request::RefreshToken;

use crate::extract::{Body, NoParams, SessionLimit};
use crate::failure::Failure;
use crate::state::State;

/// Log out
///
/// Ends the session of a refresh token. Access tokens hold until they expire.
#[utoipa::path(
    post,
    path = "/auth/logout",
    tag = "auth",
    security(()),
    request_body = RefreshToken,
    responses((status = 204, description = "The session is over."), (status = 429))
)]
pub(crate) async fn logout(
    state: web::Data<State>,
    _: SessionLimit,
    _: NoParams,
    body: Body<RefreshToken>,
) -> Result<HttpResponse, Failure> {
    state.authentication.log_out(&body.command).await?;
    Ok(HttpResponse::NoContent().finish())
}
