use actix_web::{HttpResponse, web};
use support_api::problem::Kind;
use support_api::request::Login;
use support_api::session::Session;

use crate::auth;
use crate::extract::{Body, NoParams};
use crate::failure::Failure;
use crate::secret;
use crate::state::State;

/// Log in
///
/// An unknown address takes as long as a wrong password, and is answered the same.
#[utoipa::path(
    post,
    path = "/auth/login",
    tag = "auth",
    security(()),
    request_body = Login,
    responses((status = 200, description = "The session.", body = Session), (status = 401), (status = 403))
)]
pub(crate) async fn login(
    state: web::Data<State>,
    _: NoParams,
    body: Body<Login>,
) -> Result<HttpResponse, Failure> {
    auth::check_enabled(&state)?;
    let credentials = body.command;
    let user = state.desk.find_login(credentials.email).await?;
    let known = user.as_ref().and_then(|user| user.password.clone());
    let verified = state.passwords.verify(credentials.password, known).await?;
    let user = user.filter(|_| verified);
    let user =
        user.ok_or_else(|| Failure::new(Kind::INVALID_CREDENTIALS, "the address or the password is wrong"))?;
    let token = secret::draw().map_err(|error| Failure::internal(error.to_string()))?;
    let hash = secret::hash(&token);
    state.desk.open_session(user.id, hash, state.settings.refresh_lifetime).await?;
    Ok(HttpResponse::Ok().json(auth::session(&state, &user, token)?))
}
