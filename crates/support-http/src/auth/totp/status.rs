use actix_web::{HttpResponse, web};
use support_api::second_factor::SecondFactor;

use crate::extract::{NoParams, Staff};
use crate::failure::Failure;
use crate::state::State;

/// Read one's own second factor
#[utoipa::path(
    get,
    path = "/auth/totp",
    tag = "auth",
    responses((status = 200, description = "Whether logins ask for it.", body = SecondFactor), (status = 403))
)]
pub(crate) async fn totp_status(
    Staff(actor): Staff,
    state: web::Data<State>,
    _: NoParams,
) -> Result<HttpResponse, Failure> {
    let status = state.authentication.second_factor_status(&actor).await?;
    Ok(HttpResponse::Ok().json(SecondFactor::from(status)))
}
