use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use support_api::department;
use support_api::request::CreateDepartment;

use crate::extract::{Admin, Body, NoParams};
use crate::failure::Failure;
use crate::state::State;

/// Add a department
#[utoipa::path(
    post,
    path = "/support/departments",
    tag = "departments",
    request_body = CreateDepartment,
    responses(
        (status = 201, description = "The department.", body = department::Department, headers(
            ("Location" = String, description = "The address of the department.")
        )),
        (status = 403),
        (status = 409)
    )
)]
pub(crate) async fn create_department(
    Admin(actor): Admin,
    state: web::Data<State>,
    _: NoParams,
    body: Body<CreateDepartment>,
) -> Result<HttpResponse, Failure> {
    let department = state.desk.create_department(&actor, body.command).await?;
    let location = (LOCATION, format!("/support/departments/{}", department.id));
    Ok(HttpResponse::Created().insert_header(location).json(department::Department::from(&department)))
}
