//! The provider, and one sign-in with it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use support_auth::ProviderError;
use support_auth::port::{IdentityProvider, ProviderAnswer, ProviderIdentity, SignInBinding};
use support_domain::time::Timestamp;
use zeroize::Zeroizing;

use crate::error::InvalidSettings;
use crate::http::{Http, is_private};
use crate::id_token::{self, EmailClaims, Expected};
use crate::metadata::Metadata;
use crate::remote_keys::RemoteKeys;

/// How long a provider's metadata is kept.
const METADATA_AGE: Duration = Duration::from_hours(1);
/// How long it is remembered that a provider did not tell them, so that of many who ask at once only one
/// waits.
const FAILURE_AGE: Duration = Duration::from_secs(3);
/// What is asked for: who it is, and their e-mail address.
const SCOPE: &str = "openid email";
/// What stands in a form as it is.
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A provider, and who we are to it.
pub struct Settings {
    /// The issuer, exactly as the provider writes it.
    pub issuer: String,
    /// Our id there.
    pub client_id: String,
    /// Our secret there; without one we are a public client.
    pub client_secret: Option<Zeroizing<String>>,
    /// Where the provider sends people back to.
    pub redirect_uri: String,
}

/// A provider. Its methods block, for ten seconds at most.
pub struct Provider {
    settings: Settings,
    http: Http,
    /// The metadata, or why there is none, and since when.
    metadata: Mutex<Option<(Instant, Told)>>,
    keys: RemoteKeys,
}

/// What a provider told of itself, or why it did not.
type Told = Result<Arc<Metadata>, ProviderError>;

/// What a code is exchanged for (section 3.1.3.3).
#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
    access_token: Option<String>,
}

/// What the provider knows of somebody (section 5.3.2).
#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    #[serde(flatten)]
    email: EmailClaims,
}

impl Provider {
    /// Takes the settings. Nobody is asked yet, so that a provider that is away keeps nothing from starting.
    ///
    /// # Errors
    /// [`InvalidSettings`] that say which.
    pub fn new(settings: Settings) -> Result<Self, InvalidSettings> {
        let is_plain = |url: &str| !url.contains(['?', '#']);
        if !is_private(&settings.issuer) || !is_plain(&settings.issuer) {
            return Err(InvalidSettings(
                "the issuer must be an https:// address, or one on this machine".into(),
            ));
        }
        if !is_private(&settings.redirect_uri) || !is_plain(&settings.redirect_uri) {
            return Err(InvalidSettings(
                "the redirect address must be an https:// address, or one on this machine".into(),
            ));
        }
        if settings.client_id.is_empty() {
            return Err(InvalidSettings("the client id is empty".into()));
        }
        Ok(Self { settings, http: Http::new(), metadata: Mutex::default(), keys: RemoteKeys::default() })
    }

    /// The provider's metadata, asked for when there is none or it is old.
    fn metadata(&self) -> Told {
        let mut kept = self.metadata.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, told)) = &*kept
            && at.elapsed() < if told.is_ok() { METADATA_AGE } else { FAILURE_AGE }
        {
            return told.clone();
        }
        let told = Metadata::fetch(&self.http, &self.settings.issuer).map(Arc::new);
        *kept = Some((Instant::now(), told.clone()));
        told
    }

    /// Exchanges a code (section 3.1.3, RFC 7636, section 4.5).
    fn exchange(
        &self,
        metadata: &Metadata,
        code: &str,
        verifier: &str,
    ) -> Result<TokenAnswer, ProviderError> {
        let id = self.settings.client_id.as_str();
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.settings.redirect_uri),
            ("code_verifier", verifier),
        ];
        let mut authorization = None;
        match self.settings.client_secret.as_ref() {
            None => fields.push(("client_id", id)),
            Some(secret) if metadata.takes_secret_in_form() => {
                fields.extend([("client_id", id), ("client_secret", secret.as_str())]);
            }
            // RFC 6749, section 2.3.1: both are encoded as in a form first.
            Some(secret) => {
                let encode = |text| utf8_percent_encode(text, FORM);
                let pair = Zeroizing::new(format!("{}:{}", encode(id), encode(secret)));
                authorization = Some(Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes()))));
            }
        }
        let authorization = authorization.as_ref().map(|value| value.as_str());
        let (status, json) = self.http.post_form(&metadata.token_endpoint, authorization, &form(&fields))?;
        match (status, json) {
            (200, Some(json)) => serde_json::from_value(json)
                .map_err(|_| ProviderError::Misconfigured("its token endpoint gave no ID token".to_owned())),
            (400..500, Some(json)) => Err(ProviderError::Refused(error_code(&json))),
            _ => Err(ProviderError::Unreachable(format!("its token endpoint answered {status}"))),
        }
    }

    /// The address of somebody whose token does not tell it. The answer must be about the same person
    /// (section 5.3.2).
    fn user_info(&self, url: &str, token: &str, subject: &str) -> Result<EmailClaims, ProviderError> {
        let info: UserInfo = serde_json::from_value(self.http.get(url, Some(token))?)
            .map_err(|_| ProviderError::Misconfigured("its user info has no sub".to_owned()))?;
        if info.sub == subject {
            Ok(info.email)
        } else {
            Err(ProviderError::InvalidToken("the user info is another's"))
        }
    }
}

impl IdentityProvider for Provider {
    fn authorization_url(&self, binding: &SignInBinding) -> Result<String, ProviderError> {
        let endpoint = self.metadata()?.authorization_endpoint.clone();
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(binding.verifier.as_bytes()));
        let query = form(&[
            ("response_type", "code"),
            ("client_id", &self.settings.client_id),
            ("redirect_uri", &self.settings.redirect_uri),
            ("scope", SCOPE),
            ("state", &binding.state),
            ("nonce", &binding.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        let separator = if endpoint.contains('?') { '&' } else { '?' };
        Ok(format!("{endpoint}{separator}{}", query.as_str()))
    }

    fn identify(
        &self,
        answer: &ProviderAnswer,
        binding: &SignInBinding,
        now: Timestamp,
    ) -> Result<ProviderIdentity, ProviderError> {
        let metadata = self.metadata()?;
        let issuer = self.settings.issuer.as_str();
        match answer.issuer.as_deref() {
            Some(other) if other != issuer => {
                return Err(ProviderError::InvalidToken("another issuer answered"));
            }
            None if metadata.authorization_response_iss_parameter_supported => {
                return Err(ProviderError::InvalidToken("the answer does not say whose it is"));
            }
            _ => {}
        }
        let tokens = self.exchange(&metadata, &answer.code, &binding.verifier)?;
        let key_id = id_token::key_id(&tokens.id_token)?;
        let key = self.keys.find(&self.http, &metadata.jwks_uri, key_id.as_deref())?;
        let key = key.ok_or(ProviderError::InvalidToken("it is signed with an unknown key"))?;
        let now = now.seconds_since(Timestamp::EPOCH);
        let expected = Expected { issuer, client_id: &self.settings.client_id, nonce: &binding.nonce, now };
        let claims = id_token::verify(&tokens.id_token, &key, &expected)?;
        let email = match (claims.email.address(), &metadata.userinfo_endpoint, &tokens.access_token) {
            (None, Some(url), Some(token)) => self.user_info(url, token, &claims.sub)?,
            _ => claims.email,
        };
        let verified_email = email.address().filter(|_| email.is_verified()).map(str::to_owned);
        Ok(ProviderIdentity { issuer: issuer.to_owned(), subject: claims.sub, verified_email })
    }
}

/// Fields as a form has them.
fn form(fields: &[(&str, &str)]) -> Zeroizing<String> {
    let encode = |text| utf8_percent_encode(text, FORM);
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    Zeroizing::new(fields.join("&"))
}

/// The code of an error answer (RFC 6749, section 5.2), if it is one.
fn error_code(json: &Value) -> String {
    let code = json.get("error").and_then(Value::as_str).unwrap_or_default();
    let is_code =
        |code: &str| code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if is_code(code) && !code.is_empty() { code.to_owned() } else { "without a reason".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(issuer: &str, redirect_uri: &str) -> Settings {
        Settings {
            issuer: issuer.to_owned(),
            client_id: "desk".to_owned(),
            client_secret: None,
            redirect_uri: redirect_uri.to_owned(),
        }
    }

    #[test]
    fn secrets_travel_by_tls_or_not_at_all() {
        let (issuer, back) = ("https://id.example", "https://desk.example/auth/oidc/callback");
        assert!(Provider::new(settings(issuer, back)).is_ok());
        assert!(
            Provider::new(settings("http://127.0.0.1:1", "http://localhost:2/auth/oidc/callback")).is_ok()
        );
        for (issuer, back) in
            [("http://id.example", back), (issuer, "http://desk.example/x"), ("https://id.example?x", back)]
        {
            assert!(Provider::new(settings(issuer, back)).is_err(), "{issuer} {back}");
        }
    }

    #[test]
    fn forms_are_encoded() {
        assert_eq!(form(&[("a b", "c&d=ä"), ("x", "-._~")]).as_str(), "a%20b=c%26d%3D%C3%A4&x=-._~");
    }

    #[test]
    fn only_codes_of_errors_are_repeated() {
        assert_eq!(error_code(&serde_json::json!({"error": "invalid_grant"})), "invalid_grant");
        for other in
            [serde_json::json!({"error": "Ada <ada@desk.example>"}), serde_json::json!([]), Value::Null]
        {
            assert_eq!(error_code(&other), "without a reason");
        }
    }
}
