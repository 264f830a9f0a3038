//! What a provider says of itself (OpenID Connect Discovery 1.0).

use serde::Deserialize;

use crate::http::{Http, is_private};
use support_auth::ProviderError;

/// The parts of a provider's metadata that matter here (section 3).
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Metadata {
    issuer: String,
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    pub(crate) jwks_uri: String,
    pub(crate) userinfo_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    /// RFC 9207.
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// Asks the issuer (section 4), who must speak of themselves (section 4.3).
    pub(crate) fn fetch(http: &Http, issuer: &str) -> Result<Self, ProviderError> {
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let json = http.get(&url, None)?;
        let metadata: Self = serde_json::from_value(json).map_err(|error| {
            ProviderError::Misconfigured(format!("its metadata lacks something: {error}"))
        })?;
        metadata.check(issuer)?;
        Ok(metadata)
    }

    fn check(&self, issuer: &str) -> Result<(), ProviderError> {
        let wrong = |what: &str| Err(ProviderError::Misconfigured(what.to_owned()));
        if self.issuer != issuer {
            return wrong("its metadata names another issuer");
        }
        let endpoints = [&self.authorization_endpoint, &self.token_endpoint, &self.jwks_uri];
        if !endpoints.into_iter().chain(&self.userinfo_endpoint).all(|url| is_private(url)) {
            return wrong("its metadata names an endpoint without TLS");
        }
        let methods = self.code_challenge_methods_supported.as_deref();
        if methods.is_some_and(|methods| !methods.iter().any(|method| method == "S256")) {
            return wrong("it does not know PKCE with S256");
        }
        Ok(())
    }

    /// Whether a client's secret goes into the form, because the provider does not take it in a header.
    pub(crate) fn takes_secret_in_form(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_deref().unwrap_or_default();
        let takes = |method: &str| methods.iter().any(|one| one == method);
        takes("client_secret_post") && !takes("client_secret_basic")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn checked(change: &serde_json::Value) -> Result<(), ProviderError> {
        let mut metadata = json!({
            "issuer": "https://id.example",
            "authorization_endpoint": "https://id.example/auth",
            "token_endpoint": "https://id.example/token",
            "jwks_uri": "https://id.example/jwks",
        });
        for (name, value) in change.as_object().expect("an object") {
            metadata[name] = value.clone();
        }
        serde_json::from_value::<Metadata>(metadata).expect("whole").check("https://id.example")
    }

    #[test]
    fn metadata_must_fit() {
        assert_eq!(checked(&json!({})), Ok(()));
        assert_eq!(checked(&json!({"code_challenge_methods_supported": ["plain", "S256"]})), Ok(()));
        for wrong in [
            json!({"issuer": "https://id.example/"}),
            json!({"issuer": "https://evil.example"}),
            json!({"token_endpoint": "http://id.example/token"}),
            json!({"userinfo_endpoint": "http://id.example/me"}),
            json!({"code_challenge_methods_supported": ["plain"]}),
        ] {
            assert!(checked(&wrong).is_err(), "{wrong}");
        }
    }
}
