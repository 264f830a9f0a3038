use actix_web::{HttpResponse, web};
use support_domain::error::Entity;
use support_domain::id::UserId;

use crate::extract::{Admin, NoParams, PathKey};
use crate::failure::Failure;
use crate::state::State;

/// Turn off another's second factor
///
/// For agents and administrators whose device is lost. Their sessions end. One's own is turned off with its
/// code.
#[utoipa::path(
    delete,
    path = "/support/agents/{id}/totp",
    tag = "agents",
    params(("id" = Uuid, Path, description = "The id of the agent, or of an administrator.")),
    responses(
        (status = 204, description = "Their logins no longer ask for it."),
        (status = 403),
        (status = 409)
    )
)]
pub(crate) async fn reset_totp(
    Admin(actor): Admin,
    state: web::Data<State>,
    _: NoParams,
    segment: PathKey,
) -> Result<HttpResponse, Failure> {
    let id = segment.id(UserId::parse, Entity::User)?;
    state.authentication.reset_second_factor(&actor, id).await?;
    Ok(HttpResponse::NoContent().finish())
}
