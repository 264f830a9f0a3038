//! Second factors of staff.
//!
//! Every method fails with [`Error::Store`] when the store does, and those that have an actor with
//! [`Error::Forbidden`] for customers; further errors are named where they apply.
#![expect(clippy::missing_errors_doc, reason = "the errors that all methods share are told above")]

use crate::actor::Actor;
use crate::command::{ConfirmSecondFactor, OtpEvidence, SecondFactorStatus};
use crate::desk::Desk;
use crate::entity::SecondFactor;
use crate::error::Error;
use crate::id::UserId;
use crate::usecase::second_factor;
use crate::value::TotpSecret;

impl Desk {
    /// The factor of a user, against which their code is checked.
    pub async fn second_factor(&self, user: UserId) -> Result<Option<SecondFactor>, Error> {
        self.read(&Actor::system(), move |work| Ok(work.tx.second_factors().find(user)?)).await
    }

    /// What is known of the actor's own factor.
    pub async fn second_factor_status(&self, actor: &Actor) -> Result<SecondFactorStatus, Error> {
        self.read(actor, second_factor::status).await
    }

    /// Keeps a secret for the actor's device until it is confirmed.
    /// [`crate::error::RuleViolation::SecondFactorActive`].
    pub async fn enrol_second_factor(&self, actor: &Actor, secret: TotpSecret) -> Result<(), Error> {
        self.write(actor, move |work| second_factor::enrol(work, &secret)).await
    }

    /// Turns the actor's factor on and ends their other sessions.
    /// [`crate::error::RuleViolation::CodeRefused`], [`crate::error::RuleViolation::SecondFactorActive`],
    /// [`crate::error::RuleViolation::NoSecondFactor`].
    pub async fn confirm_second_factor(
        &self,
        actor: &Actor,
        command: ConfirmSecondFactor,
    ) -> Result<(), Error> {
        self.write(actor, move |work| second_factor::confirm(work, &command)).await
    }

    /// Turns the actor's factor off. [`crate::error::RuleViolation::CodeRefused`],
    /// [`crate::error::RuleViolation::NoSecondFactor`].
    pub async fn remove_second_factor(&self, actor: &Actor, proof: OtpEvidence) -> Result<(), Error> {
        self.write(actor, move |work| second_factor::remove(work, &proof)).await
    }

    /// Turns off the factor of another member of staff and ends their sessions; administrators only.
    /// [`Error::NotFound`] for whoever is no staff, [`crate::error::RuleViolation::NoSecondFactor`].
    pub async fn reset_second_factor(&self, actor: &Actor, user: UserId) -> Result<(), Error> {
        self.write(actor, move |work| second_factor::reset(work, user)).await
    }
}
