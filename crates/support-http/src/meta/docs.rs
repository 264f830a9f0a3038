//! The interactive documentation: Swagger UI, embedded. It is for people, so the OpenAPI document leaves it
//! out.

use std::io::Read;
use std::sync::Arc;

use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, VARY,
};
use actix_web::{HttpRequest, HttpResponse};
use flate2::read::GzDecoder;
use support_api::problem::Kind;
use utoipa_swagger_ui::Config;

use crate::failure::Failure;

/// The page loads nothing from other hosts and talks to this one alone. Swagger UI sets styles from its
/// scripts and draws its icons from `data:` addresses.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Leads to the page.
pub(crate) async fn docs() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((LOCATION, "/docs/index.html")).finish()
}

/// A file of the page.
pub(crate) async fn docs_file(request: HttpRequest) -> Result<HttpResponse, Failure> {
    let name = request.match_info().get("file").unwrap_or_default();
    let config = Config::from("/openapi.json").validator_url("none").persist_authorization(false);
    let file = utoipa_swagger_ui::serve(name, Arc::new(config))
        .map_err(|error| Failure::internal(format!("the documentation: {error}")))?
        .ok_or_else(|| Failure::new(Kind::NOT_FOUND, "no such file"))?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, file.content_type))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((CACHE_CONTROL, "no-cache"));
    if !file.gzpipped {
        return Ok(response.body(file.bytes.into_owned()));
    }
    response.insert_header((VARY, "accept-encoding"));
    if accepts_gzip(&request) {
        return Ok(response.insert_header((CONTENT_ENCODING, "gzip")).body(file.bytes.into_owned()));
    }
    let mut plain = Vec::new();
    GzDecoder::new(file.bytes.as_ref())
        .read_to_end(&mut plain)
        .map_err(|error| Failure::internal(format!("the documentation: {error}")))?;
    Ok(response.body(plain))
}

/// Whether the caller takes gzip, which is how the files are embedded (RFC 9110, section 12.5.3).
fn accepts_gzip(request: &HttpRequest) -> bool {
    let accepted = request.headers().get_all(ACCEPT_ENCODING).filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0);
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}
