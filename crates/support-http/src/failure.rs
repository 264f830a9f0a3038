//! Why a request was not answered as asked.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use support_api::authentication;
use support_api::problem::{self, InvalidField, Kind, Problem};
use support_domain::error::Error;

use crate::limits::RETRY_AFTER_SECONDS;

/// A problem for the caller and, for faults of the service, its cause for the log.
///
/// The body of the response is written by [`crate::middleware::envelope`], which knows the request's id.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    problem: Box<Problem>,
    cause: Option<String>,
}

impl Failure {
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { problem: Box::new(Problem::new(kind, detail)), cause: None }
    }

    pub(crate) fn validation(errors: Vec<InvalidField>) -> Self {
        Self { problem: Box::new(Problem::validation(errors)), cause: None }
    }

    /// A problem whose cause is for the log.
    pub(crate) fn with_cause(kind: Kind, detail: impl Into<String>, cause: impl Into<String>) -> Self {
        Self { problem: Box::new(Problem::new(kind, detail)), cause: Some(cause.into()) }
    }

    /// A fault of the service.
    pub(crate) fn internal(cause: impl Into<String>) -> Self {
        Self { problem: Box::new(Problem::internal()), cause: Some(cause.into()) }
    }

    pub(crate) fn problem(&self) -> &Problem {
        &self.problem
    }

    pub(crate) fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
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

impl From<support_auth::Error> for Failure {
    fn from(error: support_auth::Error) -> Self {
        Self { problem: Box::new(Problem::from(&error)), cause: authentication::cause(&error) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.detail)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        match self.problem.status {
            401 if self.problem.code == Kind::INVALID_TOKEN.code
                || self.problem.code == Kind::EXPIRED_TOKEN.code =>
            {
                response.insert_header((WWW_AUTHENTICATE, "Bearer error=\"invalid_token\""));
            }
            401 => {
                response.insert_header((WWW_AUTHENTICATE, "Bearer"));
            }
            503 => {
                response.insert_header((RETRY_AFTER, RETRY_AFTER_SECONDS));
            }
            _ => {}
        }
        response.finish()
    }
}

#[cfg(test)]
mod tests {
    use support_domain::error::{Entity, StoreError};

    use super::*;

    fn header(failure: &Failure, name: impl actix_web::http::header::AsHeaderName) -> Option<String> {
        let response = failure.error_response();
        response.headers().get(name).map(|value| value.to_str().expect("text").to_owned())
    }

    #[test]
    fn callers_are_told_how_to_go_on() {
        let away = Failure::from(Error::from(StoreError::Unavailable));
        assert_eq!((away.status_code().as_u16(), header(&away, RETRY_AFTER)), (503, Some("1".to_owned())));
        let nobody = Failure::new(Kind::UNAUTHENTICATED, "no token");
        assert_eq!(header(&nobody, WWW_AUTHENTICATE), Some("Bearer".to_owned()));
        let expired = Failure::new(Kind::EXPIRED_TOKEN, "expired");
        assert_eq!(header(&expired, WWW_AUTHENTICATE), Some("Bearer error=\"invalid_token\"".to_owned()));
        let absent = Failure::from(Error::NotFound(Entity::Ticket));
        assert_eq!((absent.status_code().as_u16(), header(&absent, RETRY_AFTER)), (404, None));
    }

    #[test]
    fn causes_are_kept_from_callers() {
        let fault = Failure::from(Error::from(StoreError::Internal("SELECT secret".to_owned())));
        assert_eq!(fault.cause(), Some("internal store failure: SELECT secret"));
        let told = serde_json::to_string(fault.problem()).expect("JSON") + &fault.to_string();
        assert!(!told.contains("secret"), "{told}");
    }
}
