use actix_web::{HttpRequest, HttpResponse, web};
use support_api::request::EnrolTotp;
use support_api::second_factor::TotpEnrolment;

use crate::extract::{Body, NoParams, Staff, guard};
use crate::failure::Failure;
use crate::state::State;

/// Enrol a device as second factor
///
/// Draws a secret for an authenticator app (TOTP, RFC 6238: SHA-1, six digits, 30 seconds). It is told once,
/// and logins do not ask for it before it is confirmed. Enrolling again replaces a secret that was not.
#[utoipa::path(
    post,
    path = "/auth/totp",
    tag = "auth",
    request_body = EnrolTotp,
    responses(
        (status = 201, description = "What the app needs to know.", body = TotpEnrolment),
        (status = 403),
        (status = 409),
        (status = 429)
    )
)]
pub(crate) async fn enrol_totp(
    Staff(actor): Staff,
    request: HttpRequest,
    state: web::Data<State>,
    _: NoParams,
    body: Body<EnrolTotp>,
) -> Result<HttpResponse, Failure> {
    let guard = guard(&request, &state);
    let enrolment = state.authentication.enrol_second_factor(&actor, body.command, &guard).await?;
    Ok(HttpResponse::Created().json(TotpEnrolment::from(enrolment)))
}
