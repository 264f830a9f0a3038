use actix_web::http::header::{LOCATION, SET_COOKIE};
use actix_web::{HttpResponse, web};
use support_auth::ReturnTo;

use super::cookie;
use crate::extract::{Params, SessionLimit};
use crate::failure::Failure;
use crate::state::State;

/// Sign in with the identity provider
///
/// For browsers of staff: sends them to the provider, who sends them back to `/auth/oidc/callback`. From
/// there they come to `returnTo` with `#signInCode=…`, which `POST /auth/oidc/token` exchanges for a session.
#[utoipa::path(
    get,
    path = "/auth/oidc/login",
    tag = "auth",
    security(()),
    params(("returnTo" = inline(Option<String>), Query, description = "The page of this service to come back to, as a \
        path; `/` unless given.", max_length = 512, pattern = r#"^/([!"$-.0-\[\]-~][!"$-\[\]-~]*)?$"#)),
    responses(
        (status = 302, description = "To the provider."),
        (status = 403),
        (status = 404),
        (status = 429)
    )
)]
pub(crate) async fn oidc_login(
    _: SessionLimit,
    state: web::Data<State>,
    params: Params,
) -> Result<HttpResponse, Failure> {
    state.authentication.check_sign_in()?;
    let mut query = params.read();
    let return_to = query.one("returnTo", ReturnTo::parse);
    query.finish()?;
    let started = state.authentication.begin_sign_in(return_to.unwrap_or_default()).await?;
    let cookie = cookie::BEGUN.set(&started.sealed_request, state.settings.has_secure_cookies);
    Ok(HttpResponse::Found()
        .insert_header((LOCATION, started.provider_url))
        .insert_header((SET_COOKIE, cookie))
        .finish())
}
