use actix_web::{HttpRequest, HttpResponse, web};
use support_api::problem::Kind;
use support_api::request::{Credentials, Login};
use support_api::session::Session;
use support_domain::entity::User;

use crate::auth;
use crate::extract::{Body, NoParams, attempt, settled};
use crate::failure::Failure;
use crate::limiter::Factor;
use crate::secret;
use crate::state::State;

/// Log in
///
/// An unknown address takes as long as a wrong password, and is answered the same. Attempts are limited by where they come
/// from, so that nobody can lock an account.
#[utoipa::path(
    post,
    path = "/auth/login",
    tag = "auth",
    security(()),
    request_body = Login,
    responses((status = 200, description = "The session.", body = Session), (status = 401), (status = 403), (status = 429))
)]
pub(crate) async fn login(
    state: web::Data<State>,
    request: HttpRequest,
    _: NoParams,
    body: Body<Login>,
) -> Result<HttpResponse, Failure> {
    auth::check_enabled(&state)?;
    let credentials = body.command;
    let attempt = attempt(&request, &state, Factor::Password, credentials.email.as_str())?;
    let found = find(&state, credentials, attempt.is_known()).await;
    settled(&request, attempt, &found);
    let user = found?
        .ok_or_else(|| Failure::new(Kind::INVALID_CREDENTIALS, "the address or the password is wrong"))?;
    let token = secret::draw().map_err(|error| Failure::internal(error.to_string()))?;
    let hash = secret::hash(&token);
    state.desk.open_session(user.id, hash, state.settings.refresh_lifetime).await?;
    Ok(HttpResponse::Ok().json(auth::session(&state, &user, token)?))
}

/// Whose credentials they are.
async fn find(state: &State, given: Credentials, is_familiar: bool) -> Result<Option<User>, Failure> {
    let user = state.desk.find_login(given.email).await?;
    let known = user.as_ref().and_then(|user| user.password.clone());
    let verified = state.passwords.verify(given.password, known, is_familiar).await?;
    Ok(user.filter(|_| verified))
}
