//! Logins and accounts.
#![expect(clippy::missing_errors_doc, reason = "every method fails with Error::Store when the store does")]

use chrono::TimeDelta;

use crate::actor::Actor;
use crate::command::{CreateUser, OtpEvidence};
use crate::desk::Desk;
use crate::entity::User;
use crate::error::Error;
use crate::id::UserId;
use crate::usecase::sessions::{self, RefreshOutcome};
use crate::usecase::users;
use crate::value::{EmailAddress, TokenHash};

impl Desk {
    /// The user with a password who logs in with this address.
    pub async fn find_login(&self, email: EmailAddress) -> Result<Option<User>, Error> {
        self.read(&Actor::system(), move |work| Ok(work.tx.users().find_login(&email)?)).await
    }

    /// The user with this id.
    pub async fn user(&self, id: UserId) -> Result<Option<User>, Error> {
        self.read(&Actor::system(), move |work| Ok(work.tx.users().find(id)?)).await
    }

    /// Begins a session of a user whose password was right. Its first refresh token has this hash and lives
    /// for `lifetime`. [`crate::error::RuleViolation::SecondFactorRequired`] without the proof that their
    /// second factor asks for, [`crate::error::RuleViolation::CodeRefused`] for one that does not hold.
    /// Whoever has no second factor needs no proof.
    pub async fn open_session(
        &self,
        user: UserId,
        proof: Option<OtpEvidence>,
        hash: TokenHash,
        lifetime: TimeDelta,
    ) -> Result<(), Error> {
        self.write(&Actor::system(), move |work| {
            sessions::log_in(work, user, proof.as_ref(), hash, work.now.plus(lifetime))
        })
        .await
    }

    /// Exchanges a refresh token for the next. [`Error::Unauthenticated`] if it does not hold; one that was
    /// used before ends its whole session.
    pub async fn refresh_session(
        &self,
        old: TokenHash,
        new: TokenHash,
        lifetime: TimeDelta,
    ) -> Result<User, Error> {
        let system = Actor::system();
        let refreshed = self
            .write(&system, move |work| sessions::refresh(work, &old, new, work.now.plus(lifetime)))
            .await?;
        match refreshed {
            RefreshOutcome::Rotated(user) => Ok(user),
            RefreshOutcome::Refused(why) => Err(Error::Unauthenticated(why)),
        }
    }

    /// Ends the session of a refresh token; an unknown one is ended already.
    pub async fn close_session(&self, hash: TokenHash) -> Result<(), Error> {
        self.write(&Actor::system(), move |work| sessions::close(work, &hash)).await
    }

    /// Adds a customer or an administrator; agents join by [`Desk::create_agent`].
    /// [`crate::error::RuleViolation::EmailTaken`].
    pub async fn create_user(&self, actor: &Actor, command: CreateUser) -> Result<User, Error> {
        self.write(actor, move |work| users::create(work, &command)).await
    }
}
