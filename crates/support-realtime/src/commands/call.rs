//! One event of a client: what it is handled with, and how it is answered.

use std::sync::Arc;

use serde_json::Value;
use serde_json::value::RawValue;
use support_api::problem::Problem;
use support_api::reader::{self, Request};
use support_domain::desk::Desk;

use crate::failure::{Failure, FailureReporter};
use crate::hub::Hub;
use crate::reply::Reply;
use crate::session::Session;

/// The answer to an event, or why it was not done.
pub(super) type Answer = Result<Box<RawValue>, Failure>;

/// What an event is handled with.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    /// Who is connected, and in which room.
    pub(crate) hub: &'a Hub,
    /// The helpdesk.
    pub(crate) desk: &'a Desk,
    /// Who gives failures their ids.
    pub(crate) failures: &'a FailureReporter,
    /// Who says it.
    pub(crate) session: &'a Arc<Session>,
    /// What is said.
    pub(crate) data: &'a Value,
}

impl Call<'_> {
    /// The data as the event has it, checked.
    pub(super) fn read<R: Request>(&self) -> Result<R::Command, Failure> {
        reader::read::<R>(self.data).map_err(|violations| Failure::from(Problem::validation(violations)))
    }

    pub(super) fn answer(&self, reply: Reply, answer: Answer) {
        match answer {
            Ok(answer) => reply.ok(&answer),
            Err(failure) => reply.fail(&self.failures.problem(failure)),
        }
    }
}
