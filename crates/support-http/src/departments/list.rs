use actix_web::{HttpResponse, web};
use support_api::department::Department;
use support_api::list::List;
use support_api::schema;
use support_domain::id::DepartmentId;
use uuid::Uuid;

use crate::extract::{Params, Staff};
use crate::failure::Failure;
use crate::page::Page;
use crate::state::State;

/// List departments
///
/// By name.
#[utoipa::path(
    get,
    path = "/support/departments",
    tag = "departments",
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "How many departments; 50 unless given."),
        ("cursor" = inline(Option<schema::Cursor>), Query, description = "The `nextCursor` of the page before.")
    ),
    responses((status = 200, description = "A page of departments.", body = List<Department>), (status = 403))
)]
pub(crate) async fn list_departments(
    Staff(actor): Staff,
    state: web::Data<State>,
    params: Params,
) -> Result<HttpResponse, Failure> {
    let mut query = params.read();
    let page = Page::read(&mut query, "departments", &state.cursors);
    query.finish()?;
    let after = page.after().map(|id| DepartmentId::new(Uuid::from_bytes(id)));
    let mut departments = state.desk.departments(&actor, after, page.to_read()).await?;
    let next = page.cut(&mut departments, |department| *department.id.uuid().as_bytes());
    Ok(HttpResponse::Ok().json(List::<Department>::of(&departments, next)))
}
