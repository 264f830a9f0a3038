//! What is held on a customer.
//!
//! Every method fails with [`Error::Store`] when the store does, with [`Error::Forbidden`] for all but
//! administrators, and with [`Error::NotFound`] when there is no such customer.
#![expect(clippy::missing_errors_doc, reason = "the errors that all methods share are told above")]

use crate::actor::Actor;
use crate::desk::Desk;
use crate::entity::CustomerExport;
use crate::error::Error;
use crate::id::UserId;
use crate::usecase::customers;

impl Desk {
    /// Gives out all that is held on a customer. That it was given out is in the history of each of their
    /// tickets.
    pub async fn export_customer(&self, actor: &Actor, id: UserId) -> Result<CustomerExport, Error> {
        self.write(actor, move |work| customers::record_export(work, id)).await?;
        self.read(actor, move |work| customers::export(work, id)).await
    }

    /// Erases a customer's personal data for good: see [`crate::port::UserRepository::erase`]. Their tickets
    /// stay, without subject and texts, and the history of each says that it was done.
    pub async fn erase_customer(&self, actor: &Actor, id: UserId) -> Result<(), Error> {
        self.write(actor, move |work| customers::erase(work, id)).await
    }
}
