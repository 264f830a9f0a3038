use actix_web::{HttpResponse, web};
use support_domain::error::Entity;
use support_domain::id::UserId;

use crate::extract::{Admin, NoParams, PathKey};
use crate::failure::Failure;
use crate::state::State;

/// Erase a customer's personal data for good
///
/// Destroys the customer's own key: their name, address and telephone number, and the descriptions,
/// resolutions, messages, history details and notifications of their tickets cannot be read any more, in
/// backups neither once these hold the new key. The subjects are overwritten. The tickets themselves,
/// statistics and the histories' hash chains stay, and the history of each ticket says that it was done.
/// Erasing again does no harm.
#[utoipa::path(
    delete,
    path = "/support/customers/{id}",
    tag = "customers",
    params(("id" = Uuid, Path, description = "The customer's id.")),
    responses((status = 204, description = "It is done."), (status = 403))
)]
pub(crate) async fn erase_customer(
    Admin(actor): Admin,
    state: web::Data<State>,
    _: NoParams,
    segment: PathKey,
) -> Result<HttpResponse, Failure> {
    let id = segment.id(UserId::parse, Entity::User)?;
    state.desk.erase_customer(&actor, id).await?;
    Ok(HttpResponse::NoContent().finish())
}
