//! Public keys of a provider: JWK sets (RFC 7517).

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};

/// The fewest bits of an RSA key (RFC 7518, section 3.3).
const MIN_RSA_BITS: usize = 2_048;

/// Keys that tokens cannot be checked with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unusable token keys: {0}")]
pub struct InvalidKeys(pub String);

/// One key, and the one algorithm it is for.
#[derive(Clone)]
pub struct PublicKey {
    /// Its `kid`.
    pub id: Option<String>,
    /// The algorithm.
    pub algorithm: Algorithm,
    /// The key itself.
    pub key: DecodingKey,
}

/// Reads a JWK set: RSA keys for RS256, P-256 keys for ES256 and Ed25519 keys for `EdDSA`. Keys for other
/// uses and algorithms are left out, as RFC 7517, section 5, asks.
///
/// # Errors
/// [`InvalidKeys`] when it is no JWK set, has no such key, or one that must not be used.
pub fn read_keys(jwks: &str) -> Result<Vec<PublicKey>, InvalidKeys> {
    let set: JwkSet = serde_json::from_str(jwks).map_err(|error| {
        InvalidKeys(format!("the key set is no JWK set (line {}, column {})", error.line(), error.column()))
    })?;
    let mut keys: Vec<PublicKey> = Vec::new();
    for jwk in &set.keys {
        if let Some(algorithm) = algorithm(jwk)? {
            let id = jwk.common.key_id.clone();
            if keys.iter().any(|key| key.id == id) {
                return Err(InvalidKeys("two keys of the key set have the same kid".to_owned()));
            }
            let key = DecodingKey::from_jwk(jwk).map_err(|error| InvalidKeys(error.to_string()))?;
            keys.push(PublicKey { id, algorithm, key });
        }
    }
    if keys.is_empty() {
        return Err(InvalidKeys("the key set has no key for RS256, ES256 or EdDSA signatures".to_owned()));
    }
    Ok(keys)
}

/// The algorithm that a key is for; `None` if it is not for our signatures.
fn algorithm(jwk: &Jwk) -> Result<Option<Algorithm>, InvalidKeys> {
    if matches!(&jwk.common.public_key_use, Some(other) if *other != PublicKeyUse::Signature) {
        return Ok(None);
    }
    let (fits, algorithm) = match &jwk.algorithm {
        AlgorithmParameters::RSA(key) => {
            let bits = key.n.trim_end_matches('=').len() * 6;
            if bits < MIN_RSA_BITS {
                return Err(InvalidKeys(format!("an RSA key must have at least {MIN_RSA_BITS} bits")));
            }
            (KeyAlgorithm::RS256, Algorithm::RS256)
        }
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            (KeyAlgorithm::ES256, Algorithm::ES256)
        }
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            (KeyAlgorithm::EdDSA, Algorithm::EdDSA)
        }
        AlgorithmParameters::OctetKey(_) => {
            return Err(InvalidKeys(
                "the key set holds a secret key; it must hold public keys only".to_owned(),
            ));
        }
        _ => return Ok(None),
    };
    let named = jwk.common.key_algorithm.as_ref();
    Ok(named.is_none_or(|named| *named == fits).then_some(algorithm))
}
