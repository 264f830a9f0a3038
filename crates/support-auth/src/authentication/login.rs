//! Logging in with a password.

use support_domain::entity::User;
use support_domain::id::UserId;
use support_domain::value::EmailAddress;

use super::facade::{Authentication, draw};
use crate::attempt::{Attempt, AttemptGuard, Factor, Verdict};
use crate::code::Code;
use crate::error::Error;
use crate::password::{self, Password};
use crate::token_pair::TokenPair;
use crate::usecase::login;

/// An address and a password that are claimed to belong together.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The address.
    pub email: EmailAddress,
    /// The password.
    pub password: Password,
    /// A code of the second factor, if one is given.
    pub code: Option<Code>,
}

impl Authentication {
    /// Logs somebody in. An unknown address takes as long as a wrong password. A stored hash that is weaker
    /// than those of today is replaced by one of the same password, which takes that one login twice as long.
    /// `guard` is asked for the password and, once that was right, for the code, and told how each attempt
    /// ended.
    ///
    /// # Errors
    /// [`Error::InvalidCredentials`] for a wrong address or password, [`Error::SecondFactorRequired`] for a
    /// right one where a code is missing, [`Error::InvalidCode`] for a wrong code; [`Error::NoOwnLogins`];
    /// [`Error::TooManyLogins`]; what `guard` says.
    pub async fn log_in<G: AttemptGuard>(
        &self,
        credentials: Credentials,
        guard: &G,
    ) -> Result<TokenPair, Error> {
        self.check_enabled()?;
        let attempt = guard.admit(Factor::Password, credentials.email.as_str())?;
        let outcome = self.prove(credentials, attempt.is_known(), guard).await;
        attempt.settle(Verdict::of(&outcome));
        outcome?.ok_or(Error::InvalidCredentials)
    }

    /// Checks everything that a login has to prove, password and code alike, and begins a session; `None` if
    /// the password is wrong.
    async fn prove<G: AttemptGuard>(
        &self,
        credentials: Credentials,
        is_known: bool,
        guard: &G,
    ) -> Result<Option<TokenPair>, Error> {
        let Credentials { email, password, code } = credentials;
        let user = self.transactions.read(move |work| Ok(work.tx.accounts().find_login(&email)?)).await?;
        let stored = user.as_ref().and_then(|user| user.password.clone());
        let is_right = self.passwords.verify(password.clone(), stored, is_known).await?;
        let Some(user) = user.filter(|_| is_right) else { return Ok(None) };
        let pair = match code {
            None => self.open_session(user, None).await?,
            Some(code) => self.open_session_by_code(user, code, guard).await?,
        };
        self.strengthen(&pair.user, password).await;
        Ok(Some(pair))
    }

    /// Replaces a stored hash that is weaker than those of today, now that the password is at hand. The login
    /// stands whatever becomes of this: the next one tries again.
    async fn strengthen(&self, user: &User, password: Password) {
        let Some(old) = user.password.clone().filter(password::is_outdated) else { return };
        let Ok(new) = self.passwords.hash(password).await else { return };
        let id = user.id;
        let replaced = self
            .transactions
            .write(move |work| Ok(work.tx.accounts().replace_password(id, &old, &new)?))
            .await;
        drop(replaced);
    }

    async fn open_session_by_code<G: AttemptGuard>(
        &self,
        user: User,
        code: Code,
        guard: &G,
    ) -> Result<TokenPair, Error> {
        let attempt = guard.admit(Factor::Second, &user.id.to_string())?;
        let outcome = match self.open_session(user, Some(code)).await {
            Err(Error::InvalidCode) => Ok(None),
            opened => opened.map(Some),
        };
        attempt.settle(Verdict::of(&outcome));
        outcome?.ok_or(Error::InvalidCode)
    }

    async fn open_session(&self, user: User, code: Option<Code>) -> Result<TokenPair, Error> {
        let (token, hash) = draw()?;
        let (id, lifetime) = (user.id, self.lifetimes.refresh);
        self.transactions
            .write(move |work| login::log_in(work, id, code.as_ref(), hash, work.now.plus(lifetime)))
            .await?;
        self.pair(user, token)
    }

    /// The user that somebody who is logged in is, if this is their password: what a token alone must not be
    /// enough for. [`Error::WrongPassword`] if it is not; otherwise as [`Authentication::log_in`].
    pub(super) async fn confirm_password<G: AttemptGuard>(
        &self,
        id: UserId,
        password: Password,
        guard: &G,
    ) -> Result<User, Error> {
        let user = self.transactions.read(move |work| Ok(work.tx.accounts().find(id)?)).await?;
        let account =
            user.as_ref().and_then(|user| user.email.as_ref()).map(|email| email.as_str().to_owned());
        let attempt = guard.admit(Factor::Password, &account.unwrap_or_else(|| id.to_string()))?;
        let stored = user.as_ref().and_then(|user| user.password.clone());
        let verified = self.passwords.verify(password, stored, attempt.is_known()).await;
        let outcome = verified.map(|is_right| user.filter(|_| is_right));
        attempt.settle(Verdict::of(&outcome));
        outcome?.ok_or(Error::WrongPassword)
    }
}
