//! What is asked of a provider over HTTP, with bounds on time and size.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use serde_json::Value;
use ureq::http::{Response, Uri, header};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body};

use support_auth::ProviderError;

/// How long an answer may take, from looking up the name to its last byte.
const DEADLINE: Duration = Duration::from_secs(10);
/// The most bytes of an answer.
const MAX_BYTES: u64 = 512 * 1024;

/// A client of one provider.
pub(crate) struct Http(Agent);

impl Http {
    /// A client that trusts the certificates that the system trusts. Redirects are not followed: every
    /// address was checked before.
    pub(crate) fn new() -> Self {
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
            .build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(DEADLINE))
            .user_agent("support-server")
            .accept("application/json")
            .tls_config(tls)
            .build();
        Self(config.new_agent())
    }

    /// The JSON at an address.
    pub(crate) fn get(&self, url: &str, token: Option<&str>) -> Result<Value, ProviderError> {
        let request = self.0.get(url);
        let request = match token {
            Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        };
        let (status, json) = read(request.call(), url)?;
        match (status, json) {
            (200, Some(json)) => Ok(json),
            (500.., _) => Err(ProviderError::Unreachable(format!("{} answered {status}", place(url)))),
            _ => Err(ProviderError::Misconfigured(format!("{} answered {status}", place(url)))),
        }
    }

    /// The status and the JSON that a form is answered with.
    pub(crate) fn post_form(
        &self,
        url: &str,
        authorization: Option<&str>,
        form: &str,
    ) -> Result<(u16, Option<Value>), ProviderError> {
        let request = self.0.post(url).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = match authorization {
            Some(authorization) => request.header(header::AUTHORIZATION, authorization),
            None => request,
        };
        read(request.send(form), url)
    }
}

fn read(
    response: Result<Response<Body>, ureq::Error>,
    url: &str,
) -> Result<(u16, Option<Value>), ProviderError> {
    let failed = |error: ureq::Error| ProviderError::Unreachable(format!("{}: {error}", place(url)));
    let mut response = response.map_err(failed)?;
    let bytes = response.body_mut().with_config().limit(MAX_BYTES).read_to_vec().map_err(failed)?;
    Ok((response.status().as_u16(), serde_json::from_slice(&bytes).ok()))
}

/// An address without its query, for the log.
fn place(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// Whether what is sent to an address stays between us and its host: by TLS, or because it never leaves the
/// machine.
pub(crate) fn is_private(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let Some(authority) = uri.authority() else { return false };
    // Names and passwords in addresses are nobody's, and what follows them is easily misread.
    let is_plain = !authority.as_str().contains('@') && !authority.host().is_empty();
    match uri.scheme_str() {
        Some("https") => is_plain,
        Some("http") => is_plain && is_loopback(authority.host()),
        _ => false,
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_the_machine() {
        for good in [
            "https://id.example.com",
            "https://id.example.com/realms/x?y=z",
            "http://127.0.0.1:8080",
            "http://localhost/x",
            "http://[::1]:1/x",
        ] {
            assert!(is_private(good), "{good}");
        }
        for bad in [
            "http://id.example.com",
            "http://127.0.0.1.example.com",
            "http://localhost@evil.example",
            "https://user@id.example.com",
            "ftp://127.0.0.1",
            "/x",
            "https://",
            "",
        ] {
            assert!(!is_private(bad), "{bad}");
        }
    }
}
