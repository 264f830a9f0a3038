//! ID tokens (OpenID Connect Core 1.0, section 3.1.3.7).

use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;
use serde_json::Value;

use support_auth::ProviderError;
use support_auth::PublicKey;

/// How far the provider's clock may be from ours, in seconds.
const LEEWAY: f64 = 60.0;
/// How old a token may be that has just been given out, in seconds.
const MAX_AGE: f64 = 600.0;
/// The most bytes of a token.
const MAX_BYTES: usize = 16 * 1024;
/// The most characters of `sub` (section 2).
const MAX_SUBJECT: usize = 255;

/// What a token must say.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) nonce: &'a str,
    /// Seconds since the Unix epoch.
    pub(crate) now: f64,
}

/// What a token says.
#[derive(Deserialize)]
pub(crate) struct Claims {
    iss: String,
    pub(crate) sub: String,
    aud: Value,
    exp: f64,
    iat: f64,
    nbf: Option<f64>,
    nonce: Option<String>,
    azp: Option<String>,
    #[serde(flatten)]
    pub(crate) email: EmailClaims,
}

/// The address that a provider knows somebody by (section 5.1). What is no text or no truth value counts as
/// absent.
#[derive(Deserialize)]
pub(crate) struct EmailClaims {
    email: Option<Value>,
    email_verified: Option<Value>,
}

impl EmailClaims {
    /// The address, if there is one.
    pub(crate) fn address(&self) -> Option<&str> {
        self.email.as_ref().and_then(Value::as_str)
    }

    /// Whether the provider has seen that it is theirs. Some providers say so in a string.
    pub(crate) fn is_verified(&self) -> bool {
        self.email_verified.as_ref().is_some_and(|value| *value == true || *value == "true")
    }
}

/// The `kid` of a token that has been looked at no further.
pub(crate) fn key_id(token: &str) -> Result<Option<String>, ProviderError> {
    if token.len() > MAX_BYTES {
        return Err(ProviderError::InvalidToken("it is too long"));
    }
    let header =
        jsonwebtoken::decode_header(token).map_err(|_| ProviderError::InvalidToken("it is malformed"))?;
    // Extensions that must be understood are not (RFC 7515, section 4.1.11).
    if header.crit.is_some() {
        return Err(ProviderError::InvalidToken("it asks for unknown extensions"));
    }
    Ok(header.kid)
}

/// The claims of a token that is signed with `key`, by the one algorithm that the key is for, and says what
/// it must.
pub(crate) fn verify(token: &str, key: &PublicKey, expected: &Expected<'_>) -> Result<Claims, ProviderError> {
    let claims: Claims = jsonwebtoken::decode(token, &key.key, &signature_only(key.algorithm))
        .map_err(|_| ProviderError::InvalidToken("its signature or form does not hold"))?
        .claims;
    claims.check(expected)?;
    Ok(claims)
}

impl Claims {
    fn check(&self, expected: &Expected<'_>) -> Result<(), ProviderError> {
        let client = expected.client_id;
        let audiences: Vec<&str> = match &self.aud {
            Value::String(one) => vec![one],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let is_party = match (self.azp.as_deref(), audiences.as_slice()) {
            (Some(party), _) => party == client,
            (None, several) => several.len() == 1,
        };
        let now = expected.now;
        let checks = [
            (self.iss == expected.issuer, "it is of another issuer"),
            (audiences.contains(&client), "it is for another audience"),
            (is_party, "it was given to another party"),
            (now < self.exp + LEEWAY, "it has expired"),
            (
                self.iat <= now + LEEWAY && self.nbf.is_none_or(|nbf| nbf <= now + LEEWAY),
                "it is not valid yet",
            ),
            (now <= self.iat + MAX_AGE + LEEWAY, "it was issued long ago"),
            (self.nonce.as_deref() == Some(expected.nonce), "it answers another request"),
            (self.sub.is_ascii() && (1..=MAX_SUBJECT).contains(&self.sub.len()), "its sub is none"),
        ];
        match checks.into_iter().find(|(holds, _)| !holds) {
            Some((_, why)) => Err(ProviderError::InvalidToken(why)),
            None => Ok(()),
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
mod tests {
    use jsonwebtoken::{DecodingKey, EncodingKey, Header};
    use serde_json::json;

    use super::*;

    /// An Ed25519 key of the tests (RFC 8037, appendix A), as PKCS #8 and bare.
    const PRIVATE: &str =
        "302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    const PUBLIC: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    fn bytes(hex: &str) -> Vec<u8> {
        let byte = |place| u8::from_str_radix(&hex[place..place + 2], 16).expect("hex");
        (0..hex.len()).step_by(2).map(byte).collect()
    }

    fn key() -> PublicKey {
        PublicKey { id: None, algorithm: Algorithm::EdDSA, key: DecodingKey::from_ed_der(&bytes(PUBLIC)) }
    }

    fn good() -> Value {
        json!({
            "iss": "https://id.example", "sub": "42", "aud": "desk", "exp": 1_300, "iat": 1_000, "nonce": "n",
            "email": "ada@desk.example", "email_verified": true,
        })
    }

    fn with(changes: &Value) -> Value {
        let mut claims = good();
        for (name, value) in changes.as_object().expect("an object") {
            claims[name] = value.clone();
        }
        claims
    }

    fn signed(claims: &Value) -> String {
        let pkcs8 = bytes(PRIVATE);
        jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), claims, &EncodingKey::from_ed_der(&pkcs8))
            .expect("signed")
    }

    fn checked(token: &str) -> Result<Claims, ProviderError> {
        let expected = Expected { issuer: "https://id.example", client_id: "desk", nonce: "n", now: 1_010.0 };
        verify(token, &key(), &expected)
    }

    #[test]
    fn a_token_says_who_signed_in() {
        let claims = checked(&signed(&good())).expect("it holds");
        assert_eq!((claims.sub.as_str(), claims.email.address()), ("42", Some("ada@desk.example")));
        assert!(claims.email.is_verified());
        for fine in [
            json!({"aud": ["desk"]}),
            json!({"aud": ["desk", "other"], "azp": "desk"}),
            json!({"nbf": 1_060}),
            json!({"exp": 951}),
        ] {
            assert!(checked(&signed(&with(&fine))).is_ok(), "{fine}");
        }
    }

    #[test]
    fn an_address_is_verified_only_if_they_say_so() {
        for (value, expected) in [
            (json!(true), true),
            (json!("true"), true),
            (json!(false), false),
            (json!(1), false),
            (Value::Null, false),
        ] {
            let claims = checked(&signed(&with(&json!({"email_verified": value})))).expect("it holds");
            assert_eq!(claims.email.is_verified(), expected, "{value}");
        }
    }

    #[test]
    fn a_token_that_says_something_else_does_not_hold() {
        for wrong in [
            json!({"iss": "https://evil.example"}),
            json!({"aud": "other"}),
            json!({"aud": ["other"], "azp": "desk"}),
            json!({"aud": ["desk", "other"]}),
            json!({"azp": "other"}),
            json!({"exp": 950}),
            json!({"iat": 1_071}),
            json!({"iat": 300}),
            json!({"nbf": 1_071}),
            json!({"nonce": "m"}),
            json!({"nonce": null}),
            json!({"sub": ""}),
            json!({"sub": "x".repeat(256)}),
            json!({"sub": 42}),
            json!({"aud": null}),
        ] {
            assert!(
                matches!(checked(&signed(&with(&wrong))), Err(ProviderError::InvalidToken(_))),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_signature_must_be_the_providers() {
        let token = signed(&good());
        let (head, signature) = token.rsplit_once('.').expect("three parts");
        let (_, payload) = head.split_once('.').expect("three parts");
        let flipped = if signature.starts_with('A') { "B" } else { "A" };
        let secret = EncodingKey::from_secret(&bytes(PUBLIC));
        let confused =
            jsonwebtoken::encode(&Header::new(Algorithm::HS256), &good(), &secret).expect("signed");
        // {"alg":"none"}
        let none = format!("eyJhbGciOiJub25lIn0.{payload}.");
        for forged in
            [format!("{head}.{flipped}{}", &signature[1..]), format!("{head}."), confused, none.clone()]
        {
            assert!(checked(&forged).is_err(), "{forged}");
        }
        assert!(key_id(&none).is_err(), "it is no algorithm at all");
        assert!(key_id(&"x".repeat(MAX_BYTES + 1)).is_err());
    }
}
