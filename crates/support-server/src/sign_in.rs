//! The identity provider with which staff sign in, as configured.

use std::net::{SocketAddr, TcpListener};

use support_http::{Oidc, OidcSettings};

use crate::config::Config;
use crate::failure::Failure;
use crate::keys;

/// The provider that the configuration names, if it names one.
pub(crate) fn open(config: &Config, listeners: &[TcpListener]) -> Result<Option<Oidc>, Failure> {
    let Some(provider) = &config.oidc else { return Ok(None) };
    let redirect_uri = match &provider.redirect_url {
        Some(url) => url.clone(),
        None => derived(config, listeners).ok_or_else(|| {
            Failure::new(
                "SUPPORT_OIDC_REDIRECT_URL must be given: the public address of this service and /auth/oidc/callback",
            )
        })?,
    };
    let key = keys::derive(&*config.master_key()?, "support sign-ins v1")?;
    let settings = OidcSettings {
        issuer: provider.issuer.clone(),
        client_id: provider.client_id.clone(),
        client_secret: provider.client_secret.clone(),
        redirect_uri,
    };
    let oidc = Oidc::new(settings, *key).map_err(|error| Failure::new(format!("SUPPORT_OIDC_…: {error}")))?;
    Ok(Some(oidc))
}

/// The address as a browser on this machine knows it. Others know the service by a name that only its
/// operator can tell.
fn derived(config: &Config, listeners: &[TcpListener]) -> Option<String> {
    let bound: Option<SocketAddr> = listeners.first().and_then(|listener| listener.local_addr().ok());
    let here = bound.filter(|address| address.ip().is_loopback() && !config.behind_proxy)?;
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    Some(format!("{scheme}://{here}/auth/oidc/callback"))
}
