//! Which other origins' pages may read answers (Fetch, "CORS protocol").

use actix_cors::Cors;
use actix_web::http::header::{
    AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, HeaderName, IF_MATCH, IF_NONE_MATCH, LOCATION,
    RETRY_AFTER,
};

use support_web::Origins;

use super::request_id::X_REQUEST_ID;
use crate::extract::IDEMPOTENCY_KEY;
use crate::limiter;

/// How long a browser may remember what is allowed, in seconds.
const MAX_AGE: usize = 3_600;

/// The policy of `origins`. Tokens travel in a header that pages set themselves, never in cookies, so no page
/// gains by credentials that a browser would send along, and none are allowed.
pub(crate) fn cors(origins: &Origins) -> Cors {
    let exposed =
        [CONTENT_DISPOSITION, ETAG, LOCATION, RETRY_AFTER, X_REQUEST_ID].into_iter().chain(limiter::EXPOSED);
    let cors = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PATCH", "DELETE"])
        .allowed_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            IF_MATCH,
            IF_NONE_MATCH,
            IDEMPOTENCY_KEY,
            X_REQUEST_ID,
        ])
        .expose_headers(exposed.collect::<Vec<HeaderName>>())
        .max_age(MAX_AGE)
        // Who may read an answer is the browser's business; who gets one is decided by the token.
        .block_on_origin_mismatch(false);
    match origins {
        Origins::Any => cors.allow_any_origin().send_wildcard(),
        Origins::Listed(origins) => origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin)),
    }
}
