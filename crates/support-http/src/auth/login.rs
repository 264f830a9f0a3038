use actix_web::{HttpRequest, HttpResponse, web};
use support_api::request::Login;
use support_api::session::Session;

use crate::extract::{Body, NoParams, guard};
use crate::failure::Failure;
use crate::state::State;

/// Log in
///
/// An unknown address takes as long as a wrong password, and is answered the same (`invalid_credentials`).
/// Attempts are limited by where they come from, so that nobody can lock an account.
///
/// For whoever has a second factor a right password alone is answered by 401 `second_factor_required`: ask
/// for the code and send the same again with `code`, which is one of the device or a recovery code. A code
/// that is wrong, or was used before, is answered by 401 `invalid_code`. Others need no `code`.
#[utoipa::path(
    post,
    path = "/auth/login",
    tag = "auth",
    security(()),
    request_body = Login,
    responses((status = 200, description = "The session.", body = Session), (status = 401), (status = 403), (status = 429))
)]
pub(crate) async fn login(
    state: web::Data<State>,
    request: HttpRequest,
    _: NoParams,
    body: Body<Login>,
) -> Result<HttpResponse, Failure> {
    let pair = state.authentication.log_in(body.command, &guard(&request, &state)).await?;
    Ok(HttpResponse::Ok().json(Session::from(pair)))
}
