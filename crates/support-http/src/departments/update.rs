use actix_web::{HttpResponse, web};
use support_api::department;
use support_api::request::UpdateDepartment;
use support_domain::error::Entity;
use support_domain::id::DepartmentId;

use crate::extract::{Admin, Body, NoParams, PathKey};
use crate::failure::Failure;
use crate::state::State;

/// Change a department
///
/// What is absent stays as it is.
#[utoipa::path(
    patch,
    path = "/support/departments/{id}",
    tag = "departments",
    params(("id" = Uuid, Path, description = "The department's id.")),
    request_body = UpdateDepartment,
    responses(
        (status = 200, description = "The department as it is now.", body = department::Department),
        (status = 403),
        (status = 409)
    )
)]
pub(crate) async fn update_department(
    Admin(actor): Admin,
    state: web::Data<State>,
    _: NoParams,
    segment: PathKey,
    body: Body<UpdateDepartment>,
) -> Result<HttpResponse, Failure> {
    let id = segment.id(DepartmentId::parse, Entity::Department)?;
    let department = state.desk.update_department(&actor, id, body.command).await?;
    Ok(HttpResponse::Ok().json(department::Department::from(&department)))
}
