//! What administrators do about the authentication of others.

use std::sync::Arc;

use support_domain::actor::Actor;
use support_domain::entity::User;
use support_domain::id::{IdSource, UserId};
use support_domain::time::Clock;
use support_domain::value::EmailAddress;

use super::transactions::Transactions;
use crate::error::Error;
use crate::port::AuthStore;
use crate::usecase::{identities, second_factor};

/// What helps those who are locked out, or must be. It needs neither keys nor a hasher, so that a command
/// line has it as well.
pub struct AccountAdministration(Transactions);

impl AccountAdministration {
    /// The administration of the accounts in a store.
    #[must_use]
    pub fn new(store: Arc<dyn AuthStore>, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        Self::over(Transactions::new(store, clock, ids))
    }

    pub(super) const fn over(transactions: Transactions) -> Self {
        Self(transactions)
    }

    /// Agents and administrators with this address: one, but for those without a password.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn staff_by_email(&self, email: EmailAddress) -> Result<Vec<User>, Error> {
        self.0.read(move |work| Ok(work.tx.accounts().list_staff(&email)?)).await
    }

    /// Turns off the second factor of another member of staff and ends their sessions; administrators only.
    ///
    /// # Errors
    /// [`Error::Forbidden`], also for the actor's own; [`Error::NotFound`] for whoever is no staff;
    /// [`Error::NoSecondFactor`]; [`Error::Store`].
    pub async fn reset_second_factor(&self, actor: &Actor, user: UserId) -> Result<(), Error> {
        let actor = actor.clone();
        self.0.write(move |work| second_factor::reset(work, &actor, user)).await
    }

    /// Forgets who a user is at identity providers and ends their sessions; administrators only.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::NotFound`] if they are nobody there; [`Error::Store`].
    pub async fn unlink_identities(&self, actor: &Actor, user: UserId) -> Result<(), Error> {
        let actor = actor.clone();
        self.0.write(move |work| identities::unlink(work, &actor, user)).await
    }
}
