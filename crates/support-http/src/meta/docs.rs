//! The interactive documentation: Swagger UI, embedded. It is for people, so the OpenAPI document leaves it out.

use std::sync::Arc;

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION,
};
use actix_web::{HttpRequest, HttpResponse};
use support_api::problem::Kind;
use utoipa_swagger_ui::Config;

use crate::failure::Failure;

/// The page loads nothing from other hosts and talks to this one alone. Swagger UI sets styles from its scripts and
/// draws its icons from `data:` addresses.
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
    if file.gzpipped {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    Ok(response.body(file.bytes.into_owned()))
}
