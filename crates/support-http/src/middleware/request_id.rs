//! The id by which a response and its log lines are brought together.

use std::future::{Ready, ready};

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev};
use support_domain::id::IdSource;

use crate::failure::Failure;

/// The header that carries it, in both directions.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The most characters of an id that a caller gives.
const MAX_LENGTH: usize = 128;

/// A request's id: the caller's, if it is well formed, or a fresh one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestId(String);

impl RequestId {
    pub(crate) fn of(request: &HttpRequest, ids: &dyn IdSource) -> Self {
        let given = request.headers().get(X_REQUEST_ID).and_then(|value| value.to_str().ok());
        let given = given.filter(|id| is_well_formed(id)).map(str::to_owned);
        Self(given.unwrap_or_else(|| ids.next_id().to_string()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// As the value of a header; ids have no character that is not allowed in one.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

impl FromRequest for RequestId {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let id = request.extensions().get::<Self>().cloned();
        ready(id.ok_or_else(|| Failure::internal("the request has no id")))
    }
}

/// Ids go into log lines, so only characters are taken that cannot be mistaken for anything else there.
fn is_well_formed(id: &str) -> bool {
    (1..=MAX_LENGTH).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_callers_are_plain_words() {
        assert!(is_well_formed("trace-1_a.B") && is_well_formed(&"x".repeat(128)));
        for bad in ["", "a b", "a\"b", "ä", "a/b", &"x".repeat(129)] {
            assert!(!is_well_formed(bad), "{bad}");
        }
    }
}
