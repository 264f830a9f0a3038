//! Why a request is refused, as the protocol says it.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpResponse, ResponseError};

use crate::admission::AdmissionError;

/// A refusal. As a response: `{"code":N,"message":M}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Error {
    UnknownTransport,
    UnknownSession,
    Method,
    BadRequest,
    Refused(AdmissionError),
    UnsupportedVersion,
}

impl Error {
    fn code(self) -> u8 {
        match self {
            Self::UnknownTransport => 0,
            Self::UnknownSession => 1,
            Self::Method => 2,
            Self::BadRequest => 3,
            Self::Refused(_) => 4,
            Self::UnsupportedVersion => 5,
        }
    }

    fn message(self) -> String {
        match self {
            Self::UnknownTransport => "Transport unknown".to_owned(),
            Self::UnknownSession => "Session ID unknown".to_owned(),
            Self::Method => "Bad handshake method".to_owned(),
            Self::BadRequest => "Bad request".to_owned(),
            Self::Refused(AdmissionError::Origin) => "Forbidden".to_owned(),
            Self::Refused(refusal) => refusal.to_string(),
            Self::UnsupportedVersion => "Unsupported protocol version".to_owned(),
        }
    }

    pub(super) fn response(self) -> HttpResponse {
        let response = match self {
            Self::Refused(refusal) => refusal.error_response(),
            _ => HttpResponse::new(StatusCode::BAD_REQUEST),
        };
        let body = serde_json::json!({ "code": self.code(), "message": self.message() }).to_string();
        let mut response = response.set_body(actix_web::body::BoxBody::new(body));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, actix_web::http::header::HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, actix_web::http::header::HeaderValue::from_static("no-store"));
        response
    }
}
