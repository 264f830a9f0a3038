use actix_web::{HttpResponse, web};
use support_api::request::ConfirmTotp;
use support_api::second_factor::RecoveryCodes;
use support_domain::command::ConfirmSecondFactor;

use super::prove;
use crate::extract::{Body, NoParams, Staff};
use crate::failure::Failure;
use crate::secret;
use crate::state::State;
use crate::totp;

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
    let proof = prove(&state, actor.id, &body.command.code).await?;
    let drawn = totp::draw_recovery_codes().map_err(|error| Failure::internal(error.to_string()))?;
    let (recovery_codes, hashes) = drawn.into_iter().unzip();
    let keep = body.command.refresh_token.as_deref().map(secret::hash);
    let command = ConfirmSecondFactor { proof, recovery_codes: hashes, keep };
    state.desk.confirm_second_factor(&actor, command).await?;
    Ok(HttpResponse::Ok().json(RecoveryCodes { recovery_codes }))
}
