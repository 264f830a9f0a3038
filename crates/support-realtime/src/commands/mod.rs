//! What clients may say: a file for each event, or for two that belong together.
//!
//! To add an event: write its file, name it in the table below and in `asyncapi/`; a test holds both
//! together.

mod call;
mod join;
mod leave;
mod mark_read;
mod send;
mod subscribe;
mod typing;

use support_api::problem::Kind;

pub(crate) use call::Call;

use crate::failure::Failure;
use crate::reply::Reply;

/// The events that clients send once they are authenticated.
pub const CLIENT_EVENTS: &[&str] = &[
    "join_ticket_room",
    "leave_ticket_room",
    "send_message",
    "typing_start",
    "typing_stop",
    "mark_read",
    "subscribe_tickets",
];

/// Handles one event and answers it.
pub(crate) async fn handle(call: Call<'_>, name: &str, reply: Reply) {
    let answer = match name {
        "join_ticket_room" => return join::run(call, reply).await,
        "leave_ticket_room" => leave::run(call),
        "send_message" => send::run(call).await,
        "typing_start" => typing::start(call),
        "typing_stop" => typing::stop(call),
        "mark_read" => mark_read::run(call).await,
        "subscribe_tickets" => subscribe::run(call),
        _ => Err(Failure::new(Kind::UNKNOWN_EVENT, "this service knows no such event")),
    };
    call.answer(reply, answer);
}
