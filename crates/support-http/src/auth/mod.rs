//! Logins.

pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod me;
pub(crate) mod oidc;
pub(crate) mod refresh;
pub(crate) mod totp;

use support_api::problem::Kind;
use support_api::session::{Session, User};
use support_domain::actor::Actor;
use support_domain::entity;
use support_domain::value::TokenHash;

use crate::failure::Failure;
use crate::secret;
use crate::state::State;
use crate::token::SignError;

/// A fresh access token for `user`, with the refresh token that was opened for them.
fn session(state: &State, user: &entity::User, refresh_token: String) -> Result<Session, Failure> {
    let actor = Actor {
        id: user.id,
        role: user.role,
        name: Some(user.name.clone()),
        email: user.email.clone(),
        phone: user.phone.clone(),
    };
    let lifetime = state.settings.access_lifetime;
    let access_token =
        state.tokens.sign(&actor, state.clock.now(), lifetime).map_err(|error| match error {
            SignError::NoSecret => disabled(),
            SignError::Failed => Failure::internal(error.to_string()),
        })?;
    Ok(Session { access_token, refresh_token, expires_in: lifetime.num_seconds(), user: User::from(user) })
}

/// Draws a token that is told, and the hash under which it is kept.
fn draw() -> Result<(String, TokenHash), Failure> {
    let token = secret::draw().map_err(|error| Failure::internal(error.to_string()))?;
    let hash = secret::hash(&token);
    Ok((token, hash))
}

/// Tokens come from an identity provider alone.
fn check_enabled(state: &State) -> Result<(), Failure> {
    if state.tokens.can_sign() { Ok(()) } else { Err(disabled()) }
}

fn disabled() -> Failure {
    Failure::new(
        Kind::FORBIDDEN,
        "this service has no logins of its own; tokens come from its identity provider",
    )
}
