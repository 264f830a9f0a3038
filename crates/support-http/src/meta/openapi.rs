use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, ContentType};

use crate::failure::Failure;

/// The document as text; it never changes while the service runs.
static DOCUMENT: LazyLock<Option<String>> = LazyLock::new(|| crate::openapi().to_pretty_json().ok());

/// Read this document
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "service",
    security(()),
    responses((status = 200, description = "The OpenAPI document.", body = Object))
)]
pub(crate) async fn openapi_json() -> Result<HttpResponse, Failure> {
    let document = DOCUMENT.as_deref().ok_or_else(|| Failure::internal("the OpenAPI document is no JSON"))?;
    Ok(HttpResponse::Ok()
        .insert_header(ContentType::json())
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(document))
}
