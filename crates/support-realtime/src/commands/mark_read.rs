//! `mark_read`: marks the other side's messages as read.

use support_api::message::ReadResult;
use support_api::request::MarkTicketRead;

use super::call::{Answer, Call};
use crate::broadcast::raw;

pub(super) async fn run(call: Call<'_>) -> Answer {
    let (ticket, up_to) = call.read::<MarkTicketRead>()?;
    let read = call.desk.mark_read(&call.session.actor, ticket, up_to).await?;
    Ok(raw(&ReadResult { read }))
}
