use actix_web::http::header::{LOCATION, SET_COOKIE};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::TimeDelta;
use support_api::problem::Kind;
use support_domain::command::SignIn;
use support_domain::value::{EmailAddress, ExternalId};
use support_oidc::{Answer, Identity};
use zeroize::Zeroizing;

use super::{Oidc, attempt, cookie};
use crate::auth;
use crate::extract::{Params, SessionLimit};
use crate::failure::Failure;
use crate::secret;
use crate::state::State;

/// How long a page may take to exchange its code, in seconds.
pub(super) const CODE_SECONDS: i64 = 60;

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
    let oidc = Oidc::of(&state)?;
    let now = state.clock.now();
    let begun = cookie::BEGUN.read(&request, oidc.is_secure).and_then(|cookie| oidc.key.open(&cookie, now));
    let begun = begun.ok_or_else(expired)?;
    let attempt = oidc.key.attempt(&begun);
    if !params.single("state").is_some_and(|told| attempt::is_state(&attempt, told)) {
        return Err(expired());
    }
    if params.has("error") {
        return Err(refused(params.single("error")));
    }
    let code = params.single("code").ok_or_else(expired)?;
    let answer =
        Answer { code: Zeroizing::new(code.to_owned()), issuer: params.single("iss").map(str::to_owned) };
    let identity = oidc.identify(answer, attempt, now).await?;
    let (code, half, hash) = draw()?;
    state.desk.sign_in(who(&identity)?, hash, TimeDelta::seconds(CODE_SECONDS)).await?;
    let page = format!("{}#signInCode={code}", begun.return_to.as_str());
    Ok(HttpResponse::Found()
        .insert_header((LOCATION, page))
        .append_header((SET_COOKIE, cookie::BEGUN.delete(oidc.is_secure)))
        .append_header((SET_COOKIE, cookie::HALF.set(&half, oidc.is_secure)))
        .finish())
}

/// Draws the two halves of a code, and the hash under which it is kept.
fn draw() -> Result<(String, String, support_domain::value::TokenHash), Failure> {
    let ((code, _), (half, _)) = (auth::draw()?, auth::draw()?);
    let hash = secret::hash(&join(&code, &half));
    Ok((code, half, hash))
}

/// The code that two halves are.
pub(super) fn join(code: &str, half: &str) -> String {
    format!("{code}.{half}")
}

fn who(identity: &Identity) -> Result<SignIn, Failure> {
    let external = ExternalId::new(&identity.issuer, &identity.subject);
    let external = external
        .ok_or_else(|| Failure::new(Kind::SIGN_IN_REFUSED, "the provider's name for you is too long"))?;
    let email = identity.verified_email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
    Ok(SignIn { external, verified_email: email })
}

fn expired() -> Failure {
    Failure::new(
        Kind::SIGN_IN_EXPIRED,
        "the sign-in did not begin in this browser, or too long ago; begin again",
    )
}

/// The provider's refusal. Its code is repeated if it is one (RFC 6749, section 4.1.2.1), its words are not.
fn refused(error: Option<&str>) -> Failure {
    let is_code = |error: &&str| {
        (1..=64).contains(&error.len()) && error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let error = error.filter(is_code).unwrap_or("no reason");
    Failure::new(Kind::SIGN_IN_REFUSED, format!("the identity provider refused: {error}"))
}
