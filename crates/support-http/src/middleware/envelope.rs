//! What every response has, whatever went wrong: a request id, safe headers, and for a failure a problem
//! document. Also the one place where requests are logged and counted.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
    PERMISSIONS_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, web};
use support_api::problem::{Kind, Problem};
use tracing::Instrument;

use super::request_id::{RequestId, X_REQUEST_ID};
use crate::failure::Failure;
use crate::limiter::{self, Quotas};
use crate::limits::MAX_URI_BYTES;
use crate::state::State;

/// The media type of problem documents (RFC 9457, section 6.1).
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// For a year, browsers that were here by TLS come by TLS alone (RFC 6797). Hosts beside this one are not
/// ours to bind.
const ONLY_TLS: &str = "max-age=31536000";
/// What no page of this service needs of a browser.
const NO_DEVICES: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// Sends a request on its way and completes what comes back.
pub(crate) async fn envelope<B: MessageBody + 'static>(
    state: web::Data<State>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let begun = Instant::now();
    let id = RequestId::of(request.request(), state.ids.as_ref());
    let method = request.method().clone();
    let is_secure = request.app_config().secure();
    let _flight = state.metrics.begin();
    request.extensions_mut().insert(id.clone());
    let span = tracing::info_span!("request", request_id = id.as_str());
    let log = |route: &str, status: StatusCode| {
        state.metrics.observe(name(&method), route, status.as_u16(), begun.elapsed());
        let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(
            method = name(&method),
            route,
            status = status.as_u16(),
            duration_ms,
            request_id = id.as_str(),
            "answered a request"
        );
    };
    let answered = if request.uri().path_and_query().is_some_and(|uri| uri.as_str().len() > MAX_URI_BYTES) {
        let failure =
            Failure::new(Kind::URI_TOO_LONG, format!("an address has at most {MAX_URI_BYTES} bytes"));
        Ok(request.error_response(failure))
    } else {
        next.call(request).instrument(span).await.map(ServiceResponse::map_into_boxed_body)
    };
    match answered {
        Ok(response) => {
            let response = complete(response, &id, is_secure);
            let pattern = response.request().match_pattern();
            log(pattern.as_deref().unwrap_or("(none)"), response.status());
            Ok(response)
        }
        Err(error) => {
            let response = of_error(&error, &id, is_secure);
            log("(none)", response.status());
            Err(InternalError::from_response(error, response).into())
        }
    }
}

/// A method's name; the methods that nobody registered are one, so that callers cannot make up metrics.
fn name(method: &Method) -> &str {
    let known = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PATCH,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
    ];
    if known.contains(method) { method.as_str() } else { "OTHER" }
}

fn complete(response: ServiceResponse<BoxBody>, id: &RequestId, is_secure: bool) -> ServiceResponse<BoxBody> {
    let status = response.status();
    let mut response = if (status.is_client_error() || status.is_server_error()) && !is_told(&response) {
        let body = document(status, response.response().error(), id);
        let mut response = response.map_body(|_, _| BoxBody::new(body));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        response
    } else {
        response
    };
    add_headers(response.headers_mut(), id, is_secure);
    let quotas = response.request().extensions().get::<Quotas>().cloned();
    if let Some(quotas) = quotas {
        limiter::add_headers(response.headers_mut(), &quotas, status);
    }
    response
}

/// Whether a failure was told in JSON already: by a protocol that has a form of its own for it.
fn is_told(response: &ServiceResponse<BoxBody>) -> bool {
    response.headers().get(CONTENT_TYPE).is_some_and(|value| value == "application/json")
}

/// The response to a failure outside of the routes, where there is no request to answer.
fn of_error(error: &actix_web::Error, id: &RequestId, is_secure: bool) -> HttpResponse {
    let mut response = error.error_response();
    let body = document(response.status(), Some(error), id);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    add_headers(response.headers_mut(), id, is_secure);
    response.set_body(BoxBody::new(body))
}

fn add_headers(headers: &mut HeaderMap, id: &RequestId, is_secure: bool) {
    let mut set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(CACHE_CONTROL, "no-store");
    set(CONTENT_SECURITY_POLICY, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'");
    // For browsers that know no `frame-ancestors`.
    set(X_FRAME_OPTIONS, "DENY");
    set(REFERRER_POLICY, "no-referrer");
    set(PERMISSIONS_POLICY, NO_DEVICES);
    // Over plain HTTP it must not be sent (RFC 6797, section 7.2); behind a proxy it is the proxy's.
    if is_secure {
        set(STRICT_TRANSPORT_SECURITY, ONLY_TLS);
    }
    if let Some(id) = id.header() {
        headers.insert(X_REQUEST_ID, id);
    }
}

/// The problem document of a failure. Its cause is logged here, and nowhere else.
fn document(status: StatusCode, error: Option<&actix_web::Error>, id: &RequestId) -> Vec<u8> {
    let failure = error.and_then(|error| error.as_error::<Failure>());
    let mut problem = match failure {
        Some(failure) => failure.problem().clone(),
        None => of_status(status),
    };
    let cause = match failure {
        Some(failure) => failure.cause().map(str::to_owned),
        None if status.is_server_error() => error.map(ToString::to_string),
        None => None,
    };
    if let Some(cause) = cause {
        tracing::error!(
            status = status.as_u16(),
            cause,
            request_id = id.as_str(),
            "failed to answer a request"
        );
    }
    id.as_str().clone_into(&mut problem.request_id);
    serde_json::to_vec(&problem).unwrap_or_default()
}

/// The problem of a status that the framework chose.
fn of_status(status: StatusCode) -> Problem {
    let known = Kind::ALL.iter().find(|kind| kind.status == status.as_u16() && kind.status != 401);
    match (known, status) {
        (_, status) if status.is_server_error() => Problem::internal(),
        (Some(kind), _) => Problem::new(*kind, kind.title),
        (None, status) => {
            Problem { status: status.as_u16(), ..Problem::new(Kind::MALFORMED, "the request was refused") }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_of_the_framework_become_problems() {
        let code = |status: u16| {
            let problem = of_status(StatusCode::from_u16(status).expect("a status"));
            (problem.status, problem.code)
        };
        assert_eq!(code(404), (404, "not_found".to_owned()));
        assert_eq!(code(413), (413, "payload_too_large".to_owned()));
        assert_eq!(code(418), (418, "malformed_request".to_owned()));
        assert_eq!(code(500), (500, "internal_error".to_owned()));
        assert_eq!(code(502), (500, "internal_error".to_owned()));
    }

    #[test]
    fn metrics_know_a_few_methods_only() {
        assert_eq!(name(&Method::PATCH), "PATCH");
        assert_eq!(name(&Method::from_bytes(b"BREW").expect("a method")), "OTHER");
    }
}
