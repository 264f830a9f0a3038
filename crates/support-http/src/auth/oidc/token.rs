use actix_web::http::header::SET_COOKIE;
use actix_web::{HttpRequest, HttpResponse, web};
use support_api::problem::Kind;
use support_api::request::SignInCode;
use support_api::session::Session;

use super::callback::join;
use super::{Oidc, cookie};
use crate::auth;
use crate::extract::{Body, NoParams, SessionLimit};
use crate::failure::Failure;
use crate::secret;
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
    let oidc = Oidc::of(&state)?;
    let half = cookie::HALF.read(&request, oidc.is_secure);
    let half = half.ok_or_else(|| {
        Failure::new(Kind::INVALID_SESSION, "the sign-in did not end in this browser, or too long ago")
    })?;
    let old = secret::hash(&join(&body.command, &half));
    let (token, new) = auth::draw()?;
    let user = state.desk.refresh_session(old, new, state.settings.refresh_lifetime).await?;
    Ok(HttpResponse::Ok()
        .insert_header((SET_COOKIE, cookie::HALF.delete(oidc.is_secure)))
        .json(auth::session(&state, &user, token)?))
}
