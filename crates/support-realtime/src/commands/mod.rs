//! What clients may say: a file for each event, or for two that belong together.
//!
//! To add an event: write its file, name it in the table below and in `asyncapi/`; a test holds both
//! together.

mod join;
mod leave;
mod mark_read;
mod send;
mod subscribe;
mod typing;

use std::sync::Arc;

use serde_json::Value;
use serde_json::value::RawValue;
use support_api::problem::{self, Kind, Problem};
use support_api::reader::{self, Request};
use support_domain::error::Error;

use crate::gateway::Gateway;
use crate::reply::Reply;
use crate::session::Session;

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

/// The answer to an event, or why it was not done.
type Answer = Result<Box<RawValue>, Failure>;

/// What an event is handled with.
#[derive(Clone, Copy)]
struct Call<'a> {
    gateway: &'a Gateway,
    session: &'a Arc<Session>,
    data: &'a Value,
}

/// Handles one event and answers it.
pub(crate) async fn handle(
    gateway: &Gateway,
    session: &Arc<Session>,
    name: &str,
    data: &Value,
    reply: Reply,
) {
    let call = Call { gateway, session, data };
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

impl Call<'_> {
    fn read<R: Request>(&self) -> Result<R::Command, Failure> {
        reader::read::<R>(self.data).map_err(|violations| Failure::from(Problem::validation(violations)))
    }

    fn answer(&self, reply: Reply, answer: Answer) {
        match answer {
            Ok(answer) => reply.ok(&answer),
            Err(failure) => reply.fail(&self.gateway.problem(failure)),
        }
    }
}

/// A problem for the client and, for faults of the service, its cause for the log.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) problem: Box<Problem>,
    pub(crate) cause: Option<String>,
}

impl Failure {
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Problem::new(kind, detail).into()
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self { problem: Box::new(problem), cause: None }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { problem: Box::new(Problem::from(&error)), cause: problem::cause(&error) }
    }
}
