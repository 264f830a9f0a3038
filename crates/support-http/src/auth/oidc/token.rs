use actix_web::http::header::SET_COOKIE;
use actix_web::{HttpRequest, HttpResponse, web};
use support_api::request::SignInCode;
use support_api::session::Session;

use super::cookie;
use crate::extract::{Body, NoParams, SessionLimit};
use crate::failure::Failure;
use crate::state::State;

/// Exchange a sign-in code for a session
///
/// The code of the address's fragment holds for a minute, once, in the browser that signed in. No second
/// factor is asked for: that is the provider's business.
#[utoipa::path(
    post,
    path = "/auth/oidc/token",
    tag = "auth",
    security(()),
    request_body = SignInCode,
    responses(
        (status = 200, description = "The session.", body = Session),
        (status = 401),
        (status = 403),
        (status = 404),
        (status = 429)
    )
)]
pub(crate) async fn oidc_token(
    _: SessionLimit,
    request: HttpRequest,
    state: web::Data<State>,
    _: NoParams,
    body: Body<SignInCode>,
) -> Result<HttpResponse, Failure> {
    let is_secure = state.settings.has_secure_cookies;
    let half = cookie::HALF.read(&request, is_secure);
    let pair = state.authentication.exchange_sign_in(&body.command, half.as_deref()).await?;
    Ok(HttpResponse::Ok()
        .insert_header((SET_COOKIE, cookie::HALF.delete(is_secure)))
        .json(Session::from(pair)))
}
