use std::sync::OnceLock;

use actix_web::http::header::{CACHE_CONTROL, ContentType};
use actix_web::{HttpResponse, web};
use utoipa::openapi::OpenApi;

use crate::failure::Failure;

/// How the document is made. It describes this endpoint as well, so the application brings it along.
pub(crate) struct Document(pub(crate) fn() -> OpenApi);

/// The document as text; it never changes while the service runs.
static TEXT: OnceLock<Option<String>> = OnceLock::new();

/// Read this document
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "service",
    security(()),
    responses((status = 200, description = "The OpenAPI document.", body = Object))
)]
pub(crate) async fn openapi_json(document: web::Data<Document>) -> Result<HttpResponse, Failure> {
    let text = TEXT.get_or_init(|| (document.0)().to_pretty_json().ok());
    let text = text.as_deref().ok_or_else(|| Failure::internal("the OpenAPI document is no JSON"))?;
    Ok(HttpResponse::Ok()
        .insert_header(ContentType::json())
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(text))
}
