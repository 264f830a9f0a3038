//! Accounts of customers and administrators.
#![expect(clippy::missing_errors_doc, reason = "every method fails with Error::Store when the store does")]

use crate::actor::Actor;
use crate::command::CreateUser;
use crate::desk::Desk;
use crate::entity::User;
use crate::error::Error;
use crate::id::UserId;
use crate::usecase::users;

impl Desk {
    /// The user with this id.
    pub async fn user(&self, id: UserId) -> Result<Option<User>, Error> {
        self.read(&Actor::system(), move |work| Ok(work.tx.users().find(id)?)).await
    }

    /// Adds a customer or an administrator; agents join by [`Desk::create_agent`].
    /// [`crate::error::RuleViolation::EmailTaken`].
    pub async fn create_user(&self, actor: &Actor, command: CreateUser) -> Result<User, Error> {
        self.write(actor, move |work| users::create(work, &command)).await
    }
}
