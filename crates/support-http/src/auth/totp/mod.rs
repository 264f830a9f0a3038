//! One's own second factor.

pub(crate) mod confirm;
pub(crate) mod enrol;
pub(crate) mod remove;
pub(crate) mod status;

use support_api::code::Code;
use support_api::password::Password;
use support_api::problem::Kind;
use support_domain::actor::Actor;
use support_domain::command::Proof;
use support_domain::entity::User;
use support_domain::id::UserId;

use crate::failure::Failure;
use crate::state::State;
use crate::totp;

/// What a code proves of `user`. Whoever has no second factor proves nothing by it, and need not.
pub(super) async fn prove(state: &State, user: UserId, code: &Code) -> Result<Proof, Failure> {
    let factor = state.desk.second_factor(user).await?;
    Ok(factor.map_or(Proof::Wrong, |factor| totp::prove(&factor, code, state.clock.now())))
}

/// The user that somebody who is logged in is, if this is their password: what a token alone must not be enough for.
async fn confirmed_user(state: &State, actor: &Actor, password: Password) -> Result<User, Failure> {
    let user = state.desk.user(actor.id).await?;
    let known = user.as_ref().and_then(|user| user.password.clone());
    let is_right = state.passwords.verify(password, known).await?;
    user.filter(|_| is_right).ok_or_else(|| Failure::new(Kind::WRONG_PASSWORD, "the password is wrong"))
}
