//! The identity provider with which staff sign in, as configured.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use support_auth::ProviderSignIn;
use support_oidc::{Provider, Settings};

use crate::config::Config;
use crate::failure::Failure;
use crate::settings::variable::OIDC_REDIRECT_URL;

/// Signing in as configured.
#[derive(Default)]
pub(crate) struct SignIn {
    /// The provider that the configuration names, if it names one.
    pub(crate) provider: Option<ProviderSignIn>,
    /// Whether browsers come back by TLS, so that their cookies need not travel without.
    pub(crate) is_secure: bool,
}

/// Sets up what the configuration names.
pub(crate) fn open(config: &Config, listeners: &[TcpListener]) -> Result<SignIn, Failure> {
    let Some(provider) = &config.oidc else { return Ok(SignIn::default()) };
    let redirect_uri = match &provider.redirect_url {
        Some(url) => url.clone(),
        None => derived(config, listeners).ok_or_else(|| {
            Failure::new(format!(
                "{OIDC_REDIRECT_URL} must be given: the public address of this service and /auth/oidc/callback"
            ))
        })?,
    };
    let key = support_crypto::derive(&*config.master_key()?, b"support sign-ins v1");
    let is_secure = redirect_uri.starts_with("https://");
    let settings = Settings {
        issuer: provider.issuer.clone(),
        client_id: provider.client_id.clone(),
        client_secret: provider.client_secret.clone(),
        redirect_uri,
    };
    let provider =
        Provider::new(settings).map_err(|error| Failure::new(format!("SUPPORT_OIDC_…: {error}")))?;
    Ok(SignIn { provider: Some(ProviderSignIn::new(Arc::new(provider), *key)), is_secure })
}

/// The address as a browser on this machine knows it. Others know the service by a name that only its
/// operator can tell.
fn derived(config: &Config, listeners: &[TcpListener]) -> Option<String> {
    let bound: Option<SocketAddr> = listeners.first().and_then(|listener| listener.local_addr().ok());
    let here = bound.filter(|address| address.ip().is_loopback() && !config.behind_proxy)?;
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    Some(format!("{scheme}://{here}/auth/oidc/callback"))
}
