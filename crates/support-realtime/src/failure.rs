//! What could not be done for a client, and the problem that tells of it.

use std::sync::Arc;

use support_api::problem::{self, Kind, Problem};
use support_domain::error::Error;
use support_domain::id::IdSource;

/// A problem for the client and, for faults of the service, its cause for the log.
#[derive(Debug)]
pub(crate) struct Failure {
    problem: Box<Problem>,
    cause: Option<String>,
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

/// Gives each failure an id.
pub(crate) struct FailureReporter {
    ids: Arc<dyn IdSource>,
}

impl FailureReporter {
    pub(crate) fn new(ids: Arc<dyn IdSource>) -> Self {
        Self { ids }
    }

    /// The problem of a failure, under an id of its own. Its cause is logged here, and nowhere else.
    pub(crate) fn problem(&self, failure: Failure) -> Box<Problem> {
        let Failure { mut problem, cause } = failure;
        problem.request_id = self.ids.next_id().to_string();
        if let Some(cause) = cause {
            let request_id = problem.request_id.as_str();
            tracing::error!(status = problem.status, cause, request_id, "failed to handle an event");
        }
        problem
    }
}
