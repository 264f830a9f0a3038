use std::time::{Duration, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha2::{Sha256, Sha384, Sha512};

use crate::server::JWT_SECRET;

/// What a token made by [`Token::new`] lives for.
const LIFE: Duration = Duration::from_hours(1);

/// How a token is signed, whatever its header claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// HMAC with SHA-256, the service's own.
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
    /// These bytes; none for the empty signature of the algorithm `none`.
    Bytes(Vec<u8>),
}

/// An access token (JWT, RFC 7519) in the making: well made as it starts, and as broken as a test wants it.
#[derive(Clone, Debug)]
#[must_use = "`mint` makes the token"]
pub struct Token {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    secret: Vec<u8>,
    signature: Signature,
}

impl Token {
    /// A token of this subject and role that every server of [`crate::Server`] accepts for the next hour.
    pub fn new(subject: &str, role: &str) -> Self {
        let mut header = Map::new();
        header.insert("alg".into(), json!("HS256"));
        header.insert("typ".into(), json!("JWT"));
        let token = Self {
            header,
            claims: Map::new(),
            secret: JWT_SECRET.as_bytes().to_vec(),
            signature: Signature::Hs256,
        };
        token.claim("sub", subject).claim("role", role).expires_in(LIFE)
    }

    /// Sets a claim to any JSON value.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Leaves a claim out.
    pub fn without(mut self, claim: &str) -> Self {
        self.claims.remove(claim);
        self
    }

    /// Sets `exp`, in whole seconds, to this long after now.
    pub fn expires_in(self, life: Duration) -> Self {
        let at = since_epoch().saturating_add(life).as_secs();
        self.claim("exp", at)
    }

    /// Sets `exp` to this long before now.
    pub fn expired_for(self, past: Duration) -> Self {
        let at = since_epoch().saturating_sub(past).as_secs();
        self.claim("exp", at)
    }

    /// Sets `nbf` to this long after now.
    pub fn not_before(self, wait: Duration) -> Self {
        let at = since_epoch().saturating_add(wait).as_secs();
        self.claim("nbf", at)
    }

    /// Sets a header parameter, `alg` among them; the signature does not follow it.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// Signs with another secret.
    pub fn secret(mut self, secret: impl Into<Vec<u8>>) -> Self {
        self.secret = secret.into();
        self
    }

    /// Signs in another way; the header does not follow it.
    pub fn signature(mut self, signature: Signature) -> Self {
        self.signature = signature;
        self
    }

    /// The token in its compact form.
    #[must_use]
    pub fn mint(&self) -> String {
        let header = Value::Object(self.header.clone()).to_string();
        let claims = Value::Object(self.claims.clone()).to_string();
        self.mint_around(header.as_bytes(), claims.as_bytes())
    }

    /// A token around any bytes for header and claims, JSON or not, signed as this one.
    #[must_use]
    pub fn mint_around(&self, header: &[u8], claims: &[u8]) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = match &self.signature {
            Signature::Hs256 => hmac::<Hmac<Sha256>>(&self.secret, &signed),
            Signature::Hs384 => hmac::<Hmac<Sha384>>(&self.secret, &signed),
            Signature::Hs512 => hmac::<Hmac<Sha512>>(&self.secret, &signed),
            Signature::Bytes(bytes) => bytes.clone(),
        };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn hmac<M: Mac + KeyInit>(secret: &[u8], signed: &str) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104)")]
    let mut mac = <M as KeyInit>::new_from_slice(secret).expect("any key");
    mac.update(signed.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn since_epoch() -> Duration {
    #[expect(clippy::disallowed_methods, reason = "the server under test checks `exp` by the real clock")]
    let now = std::time::SystemTime::now();
    now.duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(token: &str) -> (Value, Value, Vec<u8>) {
        let parts: Vec<Vec<u8>> =
            token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
        let json = |part: &[u8]| serde_json::from_slice(part).unwrap();
        assert_eq!(parts.len(), 3);
        (json(&parts[0]), json(&parts[1]), parts[2].clone())
    }

    #[test]
    fn signs_as_rfc_7515_does() {
        // Appendix A.1: header, claims, key and the token that they make.
        let key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
        let header = b"{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}";
        let claims = b"{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
        let token = Token::new("", "").secret(URL_SAFE_NO_PAD.decode(key).unwrap());
        assert_eq!(
            token.mint_around(header, claims),
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9\
             .eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ\
             .dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        );
    }

    #[test]
    fn starts_well_made() {
        let (header, claims, signature) = parts(&Token::new("someone", "agent").mint());
        assert_eq!(header["alg"], "HS256");
        assert_eq!((&claims["sub"], &claims["role"]), (&json!("someone"), &json!("agent")));
        assert!(claims["exp"].as_u64().unwrap() > since_epoch().as_secs());
        assert_eq!(signature.len(), 32);
    }

    #[test]
    fn can_be_broken_in_every_part() {
        let token = Token::new("someone", "agent")
            .header("alg", "none")
            .claim("role", 7)
            .without("sub")
            .expired_for(Duration::from_secs(5))
            .signature(Signature::Bytes(Vec::new()));
        let (header, claims, signature) = parts(&token.mint());
        assert_eq!(header["alg"], "none");
        assert_eq!((claims.get("sub"), &claims["role"]), (None, &json!(7)));
        assert!(claims["exp"].as_u64().unwrap() < since_epoch().as_secs());
        assert!(signature.is_empty());
        let signed = |signature| parts(&Token::new("a", "b").signature(signature).mint()).2.len();
        assert_eq!((signed(Signature::Hs384), signed(Signature::Hs512)), (48, 64));
    }
}
