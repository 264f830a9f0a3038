use actix_web::{HttpResponse, web};
use support_api::session::User;

use crate::extract::{Caller, NoParams};
use crate::failure::Failure;
use crate::state::State;

/// Read who one is
///
/// As the token says, completed by what the desk knows.
#[utoipa::path(
    get,
    path = "/auth/me",
    tag = "auth",
    responses((status = 200, description = "The bearer of the token.", body = User))
)]
pub(crate) async fn me(
    Caller(mut actor): Caller,
    state: web::Data<State>,
    _: NoParams,
) -> Result<HttpResponse, Failure> {
    if let Some(user) = state.desk.user(actor.id).await? {
        actor.name = actor.name.or(Some(user.name));
        actor.email = actor.email.or(user.email);
        actor.phone = actor.phone.or(user.phone);
    }
    Ok(HttpResponse::Ok().json(User::from(&actor)))
}
