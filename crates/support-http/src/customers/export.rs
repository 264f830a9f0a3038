use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::{HttpResponse, web};
use support_api::customer::CustomerExport;
use support_domain::error::Entity;
use support_domain::id::UserId;

use crate::extract::{Admin, NoParams, PathKey};
use crate::failure::Failure;
use crate::state::State;

/// Give out all that is held on a customer
///
/// Their account, and their tickets with messages and histories. That it was given out is written into the
/// history of each ticket first.
#[utoipa::path(
    get,
    path = "/support/customers/{id}/export",
    tag = "customers",
    params(("id" = Uuid, Path, description = "The customer's id.")),
    responses((status = 200, description = "All that is held on them.", body = CustomerExport), (status = 403))
)]
pub(crate) async fn export_customer(
    Admin(actor): Admin,
    state: web::Data<State>,
    _: NoParams,
    segment: PathKey,
) -> Result<HttpResponse, Failure> {
    let id = segment.id(UserId::parse, Entity::User)?;
    let export = state.desk.export_customer(&actor, id).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"customer-{}.json\"", id.uuid())))
        .json(CustomerExport::from(&export)))
}
