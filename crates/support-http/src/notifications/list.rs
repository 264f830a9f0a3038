use actix_web::{HttpResponse, web};
use support_api::list::List;
use support_api::notification::Notification;
use support_api::schema;
use support_domain::id::NotificationId;
use uuid::Uuid;

use crate::extract::{Caller, Params};
use crate::failure::Failure;
use crate::page::Page;
use crate::state::State;

/// List one's own notifications
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/support/notifications",
    tag = "notifications",
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "How many notifications; 50 unless given."),
        ("cursor" = inline(Option<schema::Cursor>), Query, description = "The `nextCursor` of the page before.")
    ),
    responses((status = 200, description = "A page of notifications.", body = List<Notification>))
)]
pub(crate) async fn list_notifications(
    Caller(actor): Caller,
    state: web::Data<State>,
    params: Params,
) -> Result<HttpResponse, Failure> {
    let mut query = params.read();
    let page = Page::read(&mut query, "notifications", &state.cursors);
    query.finish()?;
    let before = page.after().map(|id| NotificationId::new(Uuid::from_bytes(id)));
    let mut notifications = state.desk.notifications(&actor, before, page.to_read()).await?;
    let next = page.cut(&mut notifications, |notification| *notification.id.uuid().as_bytes());
    Ok(HttpResponse::Ok().json(List::<Notification>::of(&notifications, next)))
}
