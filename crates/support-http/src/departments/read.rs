use actix_web::{HttpResponse, web};
use support_api::department::DepartmentDetail;
use support_domain::error::Entity;
use support_domain::id::DepartmentId;

use crate::extract::{NoParams, PathKey, Staff};
use crate::failure::Failure;
use crate::state::State;

/// Read a department
///
/// With its agents and the distribution of its tickets.
#[utoipa::path(
    get,
    path = "/support/departments/{id}",
    tag = "departments",
    params(("id" = Uuid, Path, description = "The department's id.")),
    responses((status = 200, description = "The department.", body = DepartmentDetail), (status = 403))
)]
pub(crate) async fn get_department(
    Staff(actor): Staff,
    state: web::Data<State>,
    _: NoParams,
    segment: PathKey,
) -> Result<HttpResponse, Failure> {
    let id = segment.id(DepartmentId::parse, Entity::Department)?;
    let detail = state.desk.department(&actor, id).await?;
    Ok(HttpResponse::Ok().json(DepartmentDetail::from(&detail)))
}
