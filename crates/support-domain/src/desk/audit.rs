//! Questions about tampering.
//!
//! Every method fails with [`Error::Store`] when the store does, and with [`Error::Forbidden`] for all but
//! administrators.
#![expect(clippy::missing_errors_doc, reason = "the errors that all methods share are told above")]

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::actor::Actor;
use crate::command::TicketKey;
use crate::desk::Desk;
use crate::entity::{ChainHead, ChainReport};
use crate::error::Error;
use crate::id::TicketId;
use crate::usecase::audit;

impl Desk {
    /// Checks one ticket's history. [`Error::NotFound`] when there is neither such a ticket nor an entry of
    /// it.
    pub async fn verify_history(&self, actor: &Actor, key: TicketKey) -> Result<ChainReport, Error> {
        self.read(actor, move |work| audit::verify(work, key)).await
    }

    /// Checks the histories of the first `limit` tickets behind `after`, by id, against the heads that are
    /// `known` of some of them. All were checked when the answer is empty.
    pub async fn verify_histories(
        &self,
        actor: &Actor,
        after: Option<TicketId>,
        limit: u32,
        known: &Arc<BTreeMap<TicketId, ChainHead>>,
    ) -> Result<Vec<ChainReport>, Error> {
        let known = Arc::clone(known);
        self.read(actor, move |work| audit::page(work, after, limit, &known)).await
    }
}
