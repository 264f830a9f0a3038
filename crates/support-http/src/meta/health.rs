use actix_web::HttpResponse;
use support_api::health::Health;

/// Say that the service is running
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "service",
    security(()),
    responses((status = 200, description = "It is.", body = Health))
)]
pub(crate) async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(Health::ok())
}
