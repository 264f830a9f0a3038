use actix_web::rt::time::timeout;
use actix_web::{HttpResponse, web};
use support_api::health::Health;
use support_domain::error::StoreError;

use crate::failure::Failure;
use crate::limits::READY_TIMEOUT;
use crate::state::State;

/// Say that the service can do its work
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "service",
    security(()),
    responses((status = 200, description = "It can.", body = Health))
)]
pub(crate) async fn readyz(state: web::Data<State>) -> Result<HttpResponse, Failure> {
    let ready = timeout(READY_TIMEOUT, state.desk.ready()).await;
    ready.unwrap_or_else(|_| Err(StoreError::Unavailable.into()))?;
    Ok(HttpResponse::Ok().json(Health::ok()))
}
