use actix_web::{HttpResponse, web};
use support_api::request::{ConfirmTotp, Confirmation};
use support_api::second_factor::RecoveryCodes;

use crate::extract::{Body, NoParams, Staff};
use crate::failure::Failure;
use crate::state::State;

/// Turn the second factor on
///
/// Proves that the device has the secret. From then on logins ask for its code, and all sessions end but the
/// one whose refresh token is given. The recovery codes are told once; each stands in for one code of the
/// device.
#[utoipa::path(
    post,
    path = "/auth/totp/confirm",
    tag = "auth",
    request_body = ConfirmTotp,
    responses(
        (status = 200, description = "The codes for when the device is lost.", body = RecoveryCodes),
        (status = 403),
        (status = 409)
    )
)]
pub(crate) async fn confirm_totp(
    Staff(actor): Staff,
    state: web::Data<State>,
    _: NoParams,
    body: Body<ConfirmTotp>,
) -> Result<HttpResponse, Failure> {
    let Confirmation { code, refresh_token } = body.command;
    let confirmed = state.authentication.confirm_second_factor(&actor, code, refresh_token.as_deref());
    let recovery_codes = confirmed.await?;
    Ok(HttpResponse::Ok().json(RecoveryCodes { recovery_codes }))
}
