use actix_web::{HttpResponse, web};
use support_api::request::RefreshToken;
use support_api::session::Session;

use crate::extract::{Body, NoParams, SessionLimit};
use crate::failure::Failure;
use crate::state::State;

/// Exchange a refresh token for a new session
///
/// A refresh token can be used once. One that is used again ends its whole session.
#[utoipa::path(
    post,
    path = "/auth/refresh",
    tag = "auth",
    security(()),
    request_body = RefreshToken,
    responses((status = 200, description = "The session.", body = Session), (status = 401), (status = 403), (status = 429))
)]
pub(crate) async fn refresh(
    state: web::Data<State>,
    _: SessionLimit,
    _: NoParams,
    body: Body<RefreshToken>,
) -> Result<HttpResponse, Failure> {
    let pair = state.authentication.refresh(&body.command).await?;
    Ok(HttpResponse::Ok().json(Session::from(pair)))
}
