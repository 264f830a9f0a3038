//! `subscribe_tickets`: watches the list of tickets, for staff. A new subscription takes the place of the old
//! one.

use support_api::live::Done;
use support_api::request::SubscribeTickets;
use support_domain::rules::access;

use super::call::{Answer, Call};
use crate::broadcast::raw;

pub(super) fn run(call: Call<'_>) -> Answer {
    access::staff(&call.session.actor)?;
    call.session.subscribe(call.read::<SubscribeTickets>()?);
    Ok(raw(&Done {}))
}
