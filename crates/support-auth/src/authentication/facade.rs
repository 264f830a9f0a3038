//! What a service authenticates people with.

use std::sync::Arc;

use chrono::TimeDelta;
use support_domain::actor::Actor;
use support_domain::entity::User;
use support_domain::id::IdSource;
use support_domain::time::Clock;
use support_domain::value::PasswordHash;
use zeroize::Zeroizing;

use super::administration::AccountAdministration;
use super::transactions::Transactions;
use crate::access_token::{AccessTokens, Rejected, SignError, Verified};
use crate::error::Error;
use crate::password::{Password, Passwords};
use crate::port::AuthStore;
use crate::refresh_token::{self, TokenHash};
use crate::sign_in::ProviderSignIn;
use crate::token_pair::TokenPair;

/// What an [`Authentication`] is made of.
pub struct AuthenticationDeps {
    /// Where accounts, sessions, second factors and identities are.
    pub store: Arc<dyn AuthStore>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where the ids of sessions come from.
    pub ids: Arc<dyn IdSource>,
    /// The keys of access tokens.
    pub tokens: AccessTokens,
    /// The password hasher.
    pub passwords: Passwords,
    /// The identity provider with which staff sign in, if there is one.
    pub sign_in: Option<ProviderSignIn>,
    /// How long tokens hold.
    pub lifetimes: Lifetimes,
}

/// How long tokens hold.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// An access token of a login.
    pub access: TimeDelta,
    /// A refresh token.
    pub refresh: TimeDelta,
}

impl Default for Lifetimes {
    /// 15 minutes and 30 days.
    fn default() -> Self {
        Self { access: TimeDelta::minutes(15), refresh: TimeDelta::days(30) }
    }
}

/// Authentication. Cheap to share behind an [`Arc`].
///
/// Every method that asks the store fails with [`Error::Store`] when that does. Where it needs random numbers
/// or a signature, it fails with [`Error::Internal`] when there are none. Further errors are named at each.
pub struct Authentication {
    pub(super) transactions: Transactions,
    pub(super) administration: AccountAdministration,
    pub(super) passwords: Passwords,
    pub(super) sign_in: Option<ProviderSignIn>,
    pub(super) lifetimes: Lifetimes,
    tokens: AccessTokens,
}

impl Authentication {
    /// Puts authentication together.
    #[must_use]
    pub fn new(parts: AuthenticationDeps) -> Self {
        let AuthenticationDeps { store, clock, ids, tokens, passwords, sign_in, lifetimes } = parts;
        let transactions = Transactions::new(store, clock, ids);
        let administration = AccountAdministration::over(transactions.clone());
        Self { transactions, administration, passwords, sign_in, lifetimes, tokens }
    }

    /// Whose an access token is, and until when. It asks nobody: a token holds until it expires.
    ///
    /// # Errors
    /// [`Rejected`], with a reason that may be told to its bearer.
    pub fn verify(&self, access_token: &str) -> Result<Verified, Rejected> {
        self.tokens.verify(access_token, self.transactions.now())
    }

    /// Hashes a password that somebody is given, for the desk to keep.
    ///
    /// # Errors
    /// [`Error::TooManyLogins`] when too many wait.
    pub async fn hash_password(&self, password: Password) -> Result<PasswordHash, Error> {
        self.passwords.hash(password).await
    }

    /// Whether people can log in and sign in here: only where tokens can be signed.
    pub(super) const fn check_enabled(&self) -> Result<(), Error> {
        if self.tokens.can_sign() { Ok(()) } else { Err(Error::NoOwnLogins) }
    }

    /// A fresh access token for `user`, with the refresh token that was stored for them.
    pub(super) fn pair(&self, user: User, refresh_token: Zeroizing<String>) -> Result<TokenPair, Error> {
        let actor = Actor {
            id: user.id,
            role: user.role,
            name: Some(user.name.clone()),
            email: user.email.clone(),
            phone: user.phone.clone(),
        };
        let expires_in = self.lifetimes.access;
        let signed = self.tokens.sign(&actor, self.transactions.now(), expires_in);
        let access_token = signed.map_err(|error| match error {
            SignError::NoSecret => Error::NoOwnLogins,
            SignError::Failed => Error::Internal(error.to_string()),
        })?;
        Ok(TokenPair { access_token, refresh_token, expires_in, user })
    }
}

/// Draws a token that somebody is given, and the hash under which it is stored.
pub(super) fn draw() -> Result<(Zeroizing<String>, TokenHash), Error> {
    let token = refresh_token::draw().map_err(|error| Error::Internal(error.to_string()))?;
    let hash = TokenHash::of(&token);
    Ok((token, hash))
}
