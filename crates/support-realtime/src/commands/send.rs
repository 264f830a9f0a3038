//! `send_message`: writes a message. It is answered once it is durable; the room is told by the event that
//! the desk publishes, as it is of messages that were sent over HTTP.

use support_api::live::MessageSent;
use support_api::request::SendTicketMessage;

use super::call::{Answer, Call};
use crate::broadcast::raw;

pub(super) async fn run(call: Call<'_>) -> Answer {
    let command = call.read::<SendTicketMessage>()?;
    let sent = call.desk.send_message(&call.session.actor, command).await?;
    Ok(raw(&MessageSent { message: (&sent.message).into() }))
}
