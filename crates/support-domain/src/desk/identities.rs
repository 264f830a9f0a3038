//! Staff who sign in with an identity provider.
#![expect(clippy::missing_errors_doc, reason = "every method fails with Error::Store when the store does")]

use chrono::TimeDelta;

use crate::actor::Actor;
use crate::command::SignIn;
use crate::desk::Desk;
use crate::entity::User;
use crate::error::Error;
use crate::id::UserId;
use crate::usecase::identities;
use crate::value::{EmailAddress, TokenHash};

impl Desk {
    /// Begins a session of the member of staff that somebody at a provider is, and links the two the first
    /// time. Its first refresh token has this hash and lives for `lifetime`.
    /// [`crate::error::RuleViolation::UnknownIdentity`].
    pub async fn sign_in(&self, who: SignIn, hash: TokenHash, lifetime: TimeDelta) -> Result<(), Error> {
        self.write(&Actor::system(), move |work| {
            identities::sign_in(work, &who, hash, work.now.plus(lifetime))
        })
        .await
    }

    /// Agents and administrators with this address: one, but for those without a password.
    pub async fn staff_by_email(&self, email: EmailAddress) -> Result<Vec<User>, Error> {
        self.read(&Actor::system(), move |work| Ok(work.tx.users().list_staff(&email)?)).await
    }

    /// Forgets who a user is at providers and ends their sessions; administrators only. [`Error::NotFound`]
    /// if they are nobody there.
    pub async fn unlink_identities(&self, actor: &Actor, user: UserId) -> Result<(), Error> {
        self.write(actor, move |work| identities::unlink(work, user)).await
    }
}
