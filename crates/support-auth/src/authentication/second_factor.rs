//! Second factors of staff.

use support_domain::actor::Actor;
use support_domain::id::UserId;

use super::facade::Authentication;
use crate::attempt::{Attempt, AttemptGuard, Factor, Verdict};
use crate::code::Code;
use crate::error::Error;
use crate::password::Password;
use crate::refresh_token::TokenHash;
use crate::second_factor::SecondFactorStatus;
use crate::usecase::second_factor;
use crate::{recovery_code, totp};

/// What an authenticator app needs to know. It is told once.
pub struct Enrolment {
    /// The secret in base32, for typing.
    pub secret: String,
    /// The same as an `otpauth://` address, for a QR code.
    pub uri: String,
}

impl Authentication {
    /// What is known of the actor's own factor.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for customers.
    pub async fn second_factor_status(&self, actor: &Actor) -> Result<SecondFactorStatus, Error> {
        let actor = actor.clone();
        self.transactions.read(move |work| second_factor::status(work, &actor)).await
    }

    /// Draws a secret for the actor's device, in place of one that was never confirmed. Logins do not ask for
    /// it before [`Authentication::confirm_second_factor`].
    ///
    /// # Errors
    /// [`Error::WrongPassword`]; [`Error::SecondFactorActive`]; [`Error::Forbidden`] for customers;
    /// [`Error::TooManyLogins`]; what `guard` says.
    pub async fn enrol_second_factor<G: AttemptGuard>(
        &self,
        actor: &Actor,
        password: Password,
        guard: &G,
    ) -> Result<Enrolment, Error> {
        let user = self.confirm_password(actor.id, password, guard).await?;
        let secret = totp::draw_secret().map_err(|error| Error::Internal(error.to_string()))?;
        let account = user.email.as_ref().map_or(user.name.as_str(), |email| email.as_str());
        let enrolment = Enrolment { secret: totp::written(&secret), uri: totp::uri(&secret, account) };
        let actor = actor.clone();
        self.transactions.write(move |work| second_factor::enrol(work, &actor, &secret)).await?;
        Ok(enrolment)
    }

    /// Turns the actor's factor on, once their device has shown that it has the secret, and returns the
    /// recovery codes, which are told once. Their sessions end, but for the one whose refresh token is given.
    ///
    /// # Errors
    /// [`Error::WrongCode`]; [`Error::SecondFactorActive`]; [`Error::NoSecondFactor`]; [`Error::Forbidden`]
    /// for customers.
    pub async fn confirm_second_factor(
        &self,
        actor: &Actor,
        code: Code,
        refresh_token: Option<&str>,
    ) -> Result<Vec<String>, Error> {
        let drawn = recovery_code::draw_all().map_err(|error| Error::Internal(error.to_string()))?;
        let (told, stored): (Vec<_>, Vec<_>) = drawn.into_iter().unzip();
        let (actor, keep) = (actor.clone(), refresh_token.map(TokenHash::of));
        self.transactions
            .write(move |work| second_factor::confirm(work, &actor, &code, &stored, keep.as_ref()))
            .await?;
        Ok(told)
    }

    /// Turns the actor's factor off.
    ///
    /// # Errors
    /// [`Error::WrongPassword`]; [`Error::WrongCode`]; [`Error::NoSecondFactor`]; [`Error::Forbidden`] for
    /// customers; [`Error::TooManyLogins`]; what `guard` says.
    pub async fn remove_second_factor<G: AttemptGuard>(
        &self,
        actor: &Actor,
        password: Password,
        code: Code,
        guard: &G,
    ) -> Result<(), Error> {
        let user = self.confirm_password(actor.id, password, guard).await?;
        let attempt = guard.admit(Factor::Second, &user.id.to_string())?;
        let actor = actor.clone();
        let removed = self.transactions.write(move |work| second_factor::remove(work, &actor, &code)).await;
        let outcome = match removed {
            Err(Error::WrongCode) => Ok(None),
            removed => removed.map(Some),
        };
        attempt.settle(Verdict::of(&outcome));
        outcome?.ok_or(Error::WrongCode)
    }

    /// Turns off the factor of another member of staff: see
    /// [`super::AccountAdministration::reset_second_factor`].
    ///
    /// # Errors
    /// As there.
    pub async fn reset_second_factor(&self, actor: &Actor, user: UserId) -> Result<(), Error> {
        self.administration.reset_second_factor(actor, user).await
    }
}
