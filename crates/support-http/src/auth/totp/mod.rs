//! One's own second factor.

pub(crate) mod confirm;
pub(crate) mod enrol;
pub(crate) mod remove;
pub(crate) mod status;

use actix_web::HttpRequest;
use support_api::code::Code;
use support_api::password::Password;
use support_api::problem::Kind;
use support_domain::actor::Actor;
use support_domain::command::OtpEvidence;
use support_domain::entity::User;
use support_domain::error::{Error, RuleViolation};
use support_domain::id::UserId;

use crate::extract::{attempt, settled};
use crate::failure::Failure;
use crate::limiter::Factor;
use crate::state::State;
use crate::totp;

/// What a code proves of `user`. Whoever has no second factor proves nothing by it, and need not.
pub(super) async fn prove(state: &State, user: UserId, code: &Code) -> Result<OtpEvidence, Failure> {
    let factor = state.desk.second_factor(user).await?;
    Ok(factor.map_or(OtpEvidence::Wrong, |factor| totp::prove(&factor, code, state.clock.now())))
}

/// The user that somebody who is logged in is, if this is their password: what a token alone must not be
/// enough for. Attempts are limited as those to log in.
async fn confirmed_user(
    request: &HttpRequest,
    state: &State,
    actor: &Actor,
    password: Password,
) -> Result<User, Failure> {
    let user = state.desk.user(actor.id).await?;
    let account = user.as_ref().and_then(|user| user.email.as_ref()).map(|email| email.as_str().to_owned());
    let account = account.unwrap_or_else(|| actor.id.to_string());
    let attempt = attempt(request, state, Factor::Password, &account)?;
    let known = user.as_ref().and_then(|user| user.password.clone());
    let verified = state.passwords.verify(password, known, attempt.is_known()).await;
    let outcome = verified.map(|is_right| user.filter(|_| is_right));
    settled(request, attempt, &outcome);
    outcome?.ok_or_else(|| Failure::new(Kind::WRONG_PASSWORD, "the password is wrong"))
}

/// What a code proves of somebody who is logged in, and what is done with it; `None` if it does not hold.
/// Attempts are limited as those to log in.
async fn with_code<T, F>(request: &HttpRequest, state: &State, user: UserId, done: F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Error>>,
{
    let attempt = attempt(request, state, Factor::Second, &user.to_string())?;
    let outcome = match done.await {
        Ok(value) => Ok(Some(value)),
        Err(Error::Refused(RuleViolation::CodeRefused)) => Ok(None),
        Err(error) => Err(Failure::from(error)),
    };
    settled(request, attempt, &outcome);
    outcome?.ok_or_else(|| Error::Refused(RuleViolation::CodeRefused).into())
}
