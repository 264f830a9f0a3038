//! The keys of access tokens: signing and verifying.

use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use support_domain::actor::Actor;
use support_domain::time::Timestamp;

use super::claims::{Claims, Expected};
use super::keys::{InvalidKeys, PublicKey, read_keys};
use super::verdict::{Rejected, Verified};

/// The most bytes of an access token. Longer ones are not looked at.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// The fewest bytes of the secret (RFC 7518, section 3.2: as long as the hash).
const MIN_SECRET_BYTES: usize = 32;

/// Which tokens are accepted.
#[derive(Clone, Default)]
pub struct AccessTokenSettings {
    /// The service's own HS256 secret, at least 32 bytes. Without one nobody can log in here, and only
    /// tokens of the provider are accepted.
    pub secret: Option<Vec<u8>>,
    /// The provider's public keys: a JWK set (RFC 7517) with RSA keys for RS256, P-256 keys for ES256 and
    /// Ed25519 keys for `EdDSA`.
    pub jwks: Option<String>,
    /// The `iss` that every token must have.
    pub issuer: Option<String>,
    /// The `aud` that every token must have, or have among others.
    pub audience: Option<String>,
}

/// A token could not be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// There is no secret to sign with.
    #[error("this service has no secret of its own to sign tokens with")]
    NoSecret,
    /// The signature failed.
    #[error("failed to sign the token")]
    Failed,
}

/// The keys of access tokens.
pub struct AccessTokens {
    own: Option<(EncodingKey, DecodingKey)>,
    provider: Vec<PublicKey>,
    expected: Expected,
}

impl AccessTokens {
    /// Takes the keys.
    ///
    /// # Errors
    /// [`InvalidKeys`] when there is none, or one that cannot be used.
    pub fn new(settings: &AccessTokenSettings) -> Result<Self, InvalidKeys> {
        let own = match &settings.secret {
            Some(secret) if secret.len() < MIN_SECRET_BYTES => {
                return Err(InvalidKeys("the secret must have at least 32 bytes".to_owned()));
            }
            Some(secret) => Some((EncodingKey::from_secret(secret), DecodingKey::from_secret(secret))),
            None => None,
        };
        let provider = settings.jwks.as_deref().map(read_keys).transpose()?.unwrap_or_default();
        if own.is_none() && provider.is_empty() {
            return Err(InvalidKeys("there is neither a secret nor a key of a provider".to_owned()));
        }
        let expected = Expected { issuer: settings.issuer.clone(), audience: settings.audience.clone() };
        Ok(Self { own, provider, expected })
    }

    /// Whether people can log in here.
    #[must_use]
    pub const fn can_sign(&self) -> bool {
        self.own.is_some()
    }

    /// Signs a token for `actor` that holds for `lifetime` from `now`.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn sign(&self, actor: &Actor, now: Timestamp, lifetime: TimeDelta) -> Result<String, SignError> {
        let (key, _) = self.own.as_ref().ok_or(SignError::NoSecret)?;
        let claims = Claims::of(actor, now, lifetime, &self.expected);
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, key).map_err(|_| SignError::Failed)
    }

    /// Whose token it is, and until when.
    ///
    /// # Errors
    /// [`Rejected`], with a reason that may be told to its bearer.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Verified, Rejected> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(Rejected::Invalid("the token is too long"));
        }
        let header =
            jsonwebtoken::decode_header(token).map_err(|_| Rejected::Invalid("the token is malformed"))?;
        // Extensions that must be understood are not (RFC 7515, section 4.1.11).
        if header.crit.is_some() {
            return Err(Rejected::Invalid("the token asks for unknown extensions"));
        }
        let (algorithm, key) = self
            .key(header.kid.as_deref())
            .ok_or(Rejected::Invalid("the token is signed with an unknown key"))?;
        let claims: Claims = jsonwebtoken::decode(token, key, &signature_only(algorithm))
            .map_err(|_| Rejected::Invalid("the token's signature or form does not hold"))?
            .claims;
        claims.check(&self.expected, now)
    }

    /// The key that a token with this `kid` must be signed with, and its algorithm.
    fn key(&self, id: Option<&str>) -> Option<(Algorithm, &DecodingKey)> {
        let own = || self.own.as_ref().map(|(_, key)| (Algorithm::HS256, key));
        match (id, self.provider.as_slice()) {
            (None, [only]) => own().or(Some((only.algorithm, &only.key))),
            (None, _) | (_, []) => own(),
            (Some(_), [only]) if only.id.is_none() => Some((only.algorithm, &only.key)),
            (Some(id), keys) => {
                let named = keys.iter().find(|key| key.id.as_deref() == Some(id))?;
                Some((named.algorithm, &named.key))
            }
        }
    }
}

/// Checks the signature and leaves the claims to [`Claims::check`], which knows the service's clock.
fn signature_only(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
