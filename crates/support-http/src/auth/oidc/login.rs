use actix_web::http::header::{LOCATION, SET_COOKIE};
use actix_web::{HttpResponse, web};

use super::attempt::AuthorizationRequest;
use super::{Oidc, cookie};
use crate::extract::{Params, SessionLimit};
use crate::failure::Failure;
use crate::state::State;

/// The most bytes of a path to return to.
const MAX_PATH: usize = 512;

/// A page of this service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ReturnTo(String);

impl ReturnTo {
    /// Takes a path with its query. Whatever a browser could take for another host, or for a fragment, is
    /// refused.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let is_path = text.starts_with('/') && !text.starts_with("//");
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\#".contains(&byte));
        if text.len() > MAX_PATH {
            return Err("must have at most 512 characters");
        }
        if is_path && is_plain {
            Ok(Self(text.to_owned()))
        } else {
            Err("must be a path of this service, such as /console")
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ReturnTo {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

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
    let oidc = Oidc::of(&state)?;
    let mut query = params.read();
    let return_to = query.one("returnTo", ReturnTo::parse);
    query.finish()?;
    let begun = AuthorizationRequest::new(return_to.unwrap_or_default(), state.clock.now())
        .map_err(|error| Failure::internal(error.to_string()))?;
    let url = oidc.authorization_url(oidc.key.attempt(&begun)).await?;
    let cookie = cookie::BEGUN.set(&oidc.key.seal(&begun), oidc.is_secure);
    Ok(HttpResponse::Found().insert_header((LOCATION, url)).insert_header((SET_COOKIE, cookie)).finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_service_are_returned_to() {
        for good in ["/", "/console", "/console/tickets?status=open&x=//y", "/a:b@c"] {
            assert_eq!(ReturnTo::parse(good).map(|path| path.0), Ok(good.to_owned()));
        }
        let long = format!("/{}", "x".repeat(512));
        for bad in [
            "",
            "console",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/x#y",
            "/x\r\nSet-Cookie: a=b",
            "/\t/evil.example",
            " /x",
            "/ä",
            "javascript:alert(1)",
            &long,
        ] {
            assert!(ReturnTo::parse(bad).is_err(), "{bad}");
        }
    }
}
