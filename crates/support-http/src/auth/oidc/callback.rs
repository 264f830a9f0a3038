use actix_web::http::header::{LOCATION, SET_COOKIE};
use actix_web::{HttpRequest, HttpResponse, web};
use support_auth::ProviderReturn;

use super::cookie;
use crate::extract::{Params, SessionLimit};
use crate::failure::Failure;
use crate::state::State;

/// End a sign-in with the identity provider
///
/// Where the provider sends browsers back to. Whoever the provider vouches for must be an agent or an
/// administrator: the first time they are known by their verified e-mail address, from then on by their name
/// at the provider alone. What a provider adds to the address is ignored.
#[utoipa::path(
    get,
    path = "/auth/oidc/callback",
    tag = "auth",
    security(()),
    params(
        ("state" = inline(Option<String>), Query, description = "What the provider was told."),
        ("code" = inline(Option<String>), Query, description = "What the provider answers, if it vouches for somebody."),
        ("iss" = inline(Option<String>), Query, description = "The provider (RFC 9207)."),
        ("error" = inline(Option<String>), Query, description = "Why it does not.")
    ),
    responses(
        (status = 302, description = "To the page that the sign-in began at, with `#signInCode=…`."),
        (status = 403),
        (status = 404),
        (status = 429)
    )
)]
pub(crate) async fn oidc_callback(
    _: SessionLimit,
    request: HttpRequest,
    state: web::Data<State>,
    params: Params,
) -> Result<HttpResponse, Failure> {
    let is_secure = state.settings.has_secure_cookies;
    let single = |name| params.single(name).map(str::to_owned);
    let returned = ProviderReturn {
        sealed_request: cookie::BEGUN.read(&request, is_secure),
        state: single("state"),
        code: single("code"),
        issuer: single("iss"),
        error: params.has("error").then(|| single("error").unwrap_or_default()),
    };
    let completed = state.authentication.complete_sign_in(returned).await?;
    let page = format!("{}#signInCode={}", completed.return_to.as_str(), *completed.code);
    Ok(HttpResponse::Found()
        .insert_header((LOCATION, page))
        .append_header((SET_COOKIE, cookie::BEGUN.delete(is_secure)))
        .append_header((SET_COOKIE, cookie::HALF.set(&completed.half, is_secure)))
        .finish())
}
