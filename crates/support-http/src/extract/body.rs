//! JSON bodies.

use std::future::Future;
use std::pin::Pin;

use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::rt::time::timeout;
use actix_web::web::{Bytes, Payload};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev};
use serde_json::Value;
use support_api::problem::Kind;
use support_api::reader::{self, Request};

use crate::extract::no_duplicate_keys::NoDuplicateKeys;
use crate::failure::Failure;
use crate::limits::{BODY_TIMEOUT, MAX_BODY_BYTES};

/// A JSON body, read into a command.
pub(crate) struct Body<R: Request> {
    /// What it asks for.
    pub(crate) command: R::Command,
    /// As it was written.
    pub(crate) json: Value,
}

impl<R: Request + 'static> FromRequest for Body<R> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let checked = check_type(request).and_then(|()| check_length(request));
        let payload = Payload::from_request(request, payload);
        Box::pin(async move {
            checked?;
            let payload = payload.await.map_err(|error| malformed(&error))?;
            let bytes = timeout(BODY_TIMEOUT, payload.to_bytes_limited(MAX_BODY_BYTES))
                .await
                .map_err(|_| Failure::new(Kind::TIMEOUT, "the body did not come in time"))?
                .map_err(|_| too_large())?
                .map_err(|error| malformed(&error))?;
            let json = parse(&bytes)?;
            let command = reader::read::<R>(&json).map_err(Failure::validation)?;
            Ok(Self { command, json })
        })
    }
}

fn check_type(request: &HttpRequest) -> Result<(), Failure> {
    let known = request.content_type().eq_ignore_ascii_case("application/json");
    // JSON is UTF-8 (RFC 8259, section 8.1), whatever a parameter says, but one that says otherwise means it.
    let utf8 = request.encoding().is_ok_and(|encoding| encoding.name() == "UTF-8");
    let single = request.headers().get_all(CONTENT_TYPE).count() == 1;
    if known && utf8 && single {
        Ok(())
    } else {
        Err(Failure::new(Kind::UNSUPPORTED_MEDIA_TYPE, "the content type must be application/json"))
    }
}

fn check_length(request: &HttpRequest) -> Result<(), Failure> {
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > MAX_BODY_BYTES as u64) { Err(too_large()) } else { Ok(()) }
}

fn parse(bytes: &Bytes) -> Result<Value, Failure> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| Failure::new(Kind::MALFORMED, "the body is not UTF-8"))?;
    if text.trim().is_empty() {
        return Err(Failure::new(Kind::MALFORMED, "the body is empty; it must be JSON"));
    }
    serde_json::from_str(text).map(|NoDuplicateKeys(json)| json).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        let what = if error.is_data() { "has a member twice" } else { "is not JSON: it is broken" };
        Failure::new(Kind::MALFORMED, format!("the body {what} at {place}"))
    })
}

fn too_large() -> Failure {
    Failure::new(Kind::PAYLOAD_TOO_LARGE, format!("the body must have at most {MAX_BODY_BYTES} bytes"))
}

fn malformed(error: &actix_web::Error) -> Failure {
    Failure::new(Kind::MALFORMED, format!("the body could not be read: {error}"))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use support_api::request::MarkRead;

    use super::*;

    async fn read(content_type: Option<&str>, body: &'static [u8]) -> Result<i64, (u16, String)> {
        let mut request = TestRequest::post().set_payload(body);
        if let Some(kind) = content_type {
            request = request.insert_header((CONTENT_TYPE, kind));
        }
        let (request, mut payload) = request.to_http_parts();
        match Body::<MarkRead>::from_request(&request, &mut payload).await {
            Ok(body) => Ok(body.command),
            Err(failure) => Err((failure.problem().status, failure.problem().detail.clone())),
        }
    }

    #[actix_web::test]
    async fn json_is_taken_under_its_own_name_alone() {
        for kind in ["application/json", "Application/JSON; charset=utf-8", "application/json; charset=UTF8"]
        {
            assert_eq!(read(Some(kind), b"{\"upTo\": 3}").await, Ok(3), "{kind}");
        }
        for kind in
            [None, Some("text/plain"), Some("application/json; charset=latin1"), Some("json"), Some("")]
        {
            let status = read(kind, b"{\"upTo\": 3}").await.map_err(|(status, _)| status);
            assert_eq!(status, Err(415), "{kind:?}");
        }
    }

    #[actix_web::test]
    async fn what_is_no_json_is_malformed() {
        let deep = [b'['; 1_000];
        let bodies: [&'static [u8]; 6] =
            [b"", b" ", b"{\"upTo\": 3", b"{\"upTo\": \"\xff\"}", b"\"\\ud800\"", Box::leak(Box::new(deep))];
        for body in bodies {
            let status = read(Some("application/json"), body).await.map_err(|(status, _)| status);
            assert_eq!(status, Err(400), "{body:?}");
        }
    }

    #[actix_web::test]
    async fn fields_that_do_not_fit_are_a_validation_failure() {
        let bodies: [&'static [u8]; 4] = [b"{}", b"[]", b"{\"upTo\": -1}", b"{\"upTo\": 1, \"x\": 1}"];
        for body in bodies {
            let status = read(Some("application/json"), body).await.map_err(|(status, _)| status);
            assert_eq!(status, Err(422), "{body:?}");
        }
    }

    #[actix_web::test]
    async fn large_bodies_are_refused_whether_or_not_they_say_so() {
        let large: &'static [u8] = Box::leak(vec![b' '; MAX_BODY_BYTES + 1].into_boxed_slice());
        let status = read(Some("application/json"), large).await.map_err(|(status, _)| status);
        assert_eq!(status, Err(413));
        let announced = TestRequest::post()
            .insert_header((CONTENT_TYPE, "application/json"))
            .insert_header((CONTENT_LENGTH, (MAX_BODY_BYTES + 1).to_string()));
        let (request, mut payload) = announced.to_http_parts();
        let failure = Body::<MarkRead>::from_request(&request, &mut payload).await.err();
        assert_eq!(failure.map(|failure| failure.problem().status), Some(413));
    }
}
