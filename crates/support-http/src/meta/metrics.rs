use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpResponse, web};

use crate::failure::Failure;
use crate::state::State;

/// Read the service's metrics
///
/// In Prometheus' text format.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "service",
    security(()),
    responses((status = 200, description = "The metrics.", body = String, content_type = "text/plain"))
)]
pub(crate) async fn metrics(state: web::Data<State>) -> Result<HttpResponse, Failure> {
    let text =
        state.metrics.text().map_err(|error| Failure::internal(format!("encoding the metrics: {error}")))?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"))
        .body(text))
}
