//! The keys of access tokens, as configured.

use support_auth::{AccessTokenSettings, AccessTokens};

use crate::config::Config;
use crate::failure::Failure;
use crate::settings::variable::JWT_JWKS;

/// The keys that the configuration names.
///
/// Where an identity provider's keys are configured, tokens of the service's own are accepted only if their
/// secret was given on purpose: a generated one would be a second way in that nobody asked for.
pub(crate) fn open(config: &Config) -> Result<AccessTokens, Failure> {
    let jwks = match &config.jwt_jwks {
        Some(path) => Some(
            std::fs::read_to_string(path)
                .map_err(|error| Failure::new(format!("{JWT_JWKS}={}: {error}", path.display())))?,
        ),
        None => None,
    };
    let secret =
        if jwks.is_none() || config.has_jwt_secret() { Some(config.jwt_secret()?.to_vec()) } else { None };
    let settings = AccessTokenSettings {
        secret,
        jwks,
        issuer: config.jwt_issuer.clone(),
        audience: config.jwt_audience.clone(),
    };
    AccessTokens::new(&settings).map_err(|error| Failure::new(format!("token keys: {error}")))
}
