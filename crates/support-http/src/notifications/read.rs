use actix_web::{HttpResponse, web};
use support_api::notification::Notification;
use support_domain::error::Entity;
use support_domain::id::NotificationId;

use crate::extract::{Caller, NoParams, PathKey};
use crate::failure::Failure;
use crate::state::State;

/// Mark one of one's own notifications as read
#[utoipa::path(
    post,
    path = "/support/notifications/{id}/read",
    tag = "notifications",
    params(("id" = Uuid, Path, description = "The notification's id.")),
    responses((status = 200, description = "The notification as it is now.", body = Notification))
)]
pub(crate) async fn read_notification(
    Caller(actor): Caller,
    state: web::Data<State>,
    _: NoParams,
    segment: PathKey,
) -> Result<HttpResponse, Failure> {
    let id = segment.id(NotificationId::parse, Entity::Notification)?;
    let notification = state.desk.read_notification(&actor, id).await?;
    Ok(HttpResponse::Ok().json(Notification::from(&notification)))
}
