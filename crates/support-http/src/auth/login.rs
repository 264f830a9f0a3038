use actix_web::{HttpRequest, HttpResponse, web};
use support_api::code::Code;
use support_api::problem::Kind;
use support_api::request::{Credentials, Login};
use support_api::session::Session;
use support_domain::entity::User;
use support_domain::error::{Error, RuleViolation};

use crate::auth::{self, totp};
use crate::extract::{Body, NoParams, attempt, settled};
use crate::failure::Failure;
use crate::limiter::Factor;
use crate::state::State;

/// Log in
///
/// An unknown address takes as long as a wrong password, and is answered the same (`invalid_credentials`).
/// Attempts are limited by where they come from, so that nobody can lock an account.
///
/// For whoever has a second factor a right password alone is answered by 401 `second_factor_required`: ask
/// for the code and send the same again with `code`, which is one of the device or a recovery code. A code
/// that is wrong, or was used before, is answered by 401 `invalid_code`. Others need no `code`.
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
    let session = log_in(&request, &state, credentials, attempt.is_known()).await;
    settled(&request, attempt, &session);
    let session = session?
        .ok_or_else(|| Failure::new(Kind::INVALID_CREDENTIALS, "the address or the password is wrong"))?;
    Ok(HttpResponse::Ok().json(session))
}

/// Checks everything that a login has to prove, password and code alike, and begins a session; `None` if the
/// password is wrong.
async fn log_in(
    request: &HttpRequest,
    state: &State,
    mut credentials: Credentials,
    is_familiar: bool,
) -> Result<Option<Session>, Failure> {
    let code = credentials.code.take();
    let Some(user) = find(state, credentials, is_familiar).await? else { return Ok(None) };
    let refused = || Failure::new(Kind::INVALID_CODE, RuleViolation::CodeRefused.to_string());
    let Some(code) = code else { return open(state, &user, None).await?.ok_or_else(refused).map(Some) };
    let attempt = attempt(request, state, Factor::Second, &user.id.to_string())?;
    let session = open(state, &user, Some(&code)).await;
    settled(request, attempt, &session);
    session?.ok_or_else(refused).map(Some)
}

/// Begins a session; `None` if the code does not hold.
async fn open(state: &State, user: &User, code: Option<&Code>) -> Result<Option<Session>, Failure> {
    let proof = match code {
        Some(code) => Some(totp::prove(state, user.id, code).await?),
        None => None,
    };
    let (token, hash) = auth::draw()?;
    match state.desk.open_session(user.id, proof, hash, state.settings.refresh_lifetime).await {
        Ok(()) => auth::session(state, user, token).map(Some),
        Err(Error::Refused(RuleViolation::CodeRefused)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whose credentials they are.
async fn find(state: &State, given: Credentials, is_familiar: bool) -> Result<Option<User>, Failure> {
    let user = state.desk.find_login(given.email).await?;
    let known = user.as_ref().and_then(|user| user.password.clone());
    let verified = state.passwords.verify(given.password, known, is_familiar).await?;
    Ok(user.filter(|_| verified))
}
