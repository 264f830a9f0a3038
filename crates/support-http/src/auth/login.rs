use actix_web::{HttpResponse, web};
use support_api::problem::Kind;
use support_api::request::{Credentials, Login};
use support_api::session::Session;
use support_domain::error::{Error, Refusal};

use crate::auth::{self, totp};
use crate::extract::{Body, NoParams};
use crate::failure::Failure;
use crate::state::State;

/// Log in
///
/// An unknown address takes as long as a wrong password, and is answered the same (`invalid_credentials`).
///
/// For whoever has a second factor a right password alone is answered by 401 `second_factor_required`: ask for the code and
/// send the same again with `code`, which is one of the device or a recovery code. A code that is wrong, or was used
/// before, is answered by 401 `invalid_code`. Others need no `code`.
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
    let session = log_in(&state, body.command).await?;
    Ok(HttpResponse::Ok().json(session))
}

/// Checks everything that a login has to prove, password and code alike, and begins a session.
async fn log_in(state: &State, credentials: Credentials) -> Result<Session, Failure> {
    let user = state.desk.find_login(credentials.email).await?;
    let known = user.as_ref().and_then(|user| user.password.clone());
    let verified = state.passwords.verify(credentials.password, known).await?;
    let user = user.filter(|_| verified);
    let user =
        user.ok_or_else(|| Failure::new(Kind::INVALID_CREDENTIALS, "the address or the password is wrong"))?;
    let proof = match &credentials.code {
        Some(code) => Some(totp::prove(state, user.id, code).await?),
        None => None,
    };
    let (token, hash) = auth::draw()?;
    let opened = state.desk.open_session(user.id, proof, hash, state.settings.refresh_lifetime).await;
    opened.map_err(|error| match error {
        Error::Refused(refusal @ Refusal::CodeRefused) => {
            Failure::new(Kind::INVALID_CODE, refusal.to_string())
        }
        other => other.into(),
    })?;
    auth::session(state, &user, token)
}
