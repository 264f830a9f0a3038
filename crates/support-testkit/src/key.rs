use std::fs;
use std::path::PathBuf;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::error::{Doing, run};
use crate::{Error, Result, Signature, Token};

/// What a [`SigningKey`] signs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA with SHA-256, 2048 bits.
    Rs256,
    /// ECDSA with the curve P-256 and SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// Its name in a token's header (RFC 7518, section 3.1, and RFC 8037, section 3.1).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

/// A key pair of an identity provider, made with the `openssl` program: what verifies its signatures must
/// agree with another implementation than its own.
#[derive(Debug)]
pub struct SigningKey {
    algorithm: Algorithm,
    id: String,
    directory: TempDir,
}

impl SigningKey {
    /// A new key pair under this key id.
    ///
    /// # Errors
    /// Those of `openssl`.
    pub fn generate(algorithm: Algorithm, id: &str) -> Result<Self> {
        let directory =
            TempDir::with_prefix("support-key-").doing(|| "create a directory for a key".into())?;
        let key = Self { algorithm, id: id.to_owned(), directory };
        let arguments: &[&str] = match algorithm {
            Algorithm::Rs256 => &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
            Algorithm::Es256 => &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
            Algorithm::EdDsa => &["-algorithm", "ED25519"],
        };
        let mut command = key.openssl(&["genpkey"]);
        run(command.args(arguments).arg("-out").arg(key.private()))?;
        Ok(key)
    }

    /// The public key as a JSON Web Key (RFC 7517).
    ///
    /// # Errors
    /// Those of `openssl`.
    pub fn jwk(&self) -> Result<Value> {
        let encode = |bytes: &[u8]| json!(URL_SAFE_NO_PAD.encode(bytes));
        // Both kinds of curve points stand at the end of the SubjectPublicKeyInfo (RFC 5480, RFC 8410).
        let tail = |length: usize| {
            let public = self.public("DER")?;
            let start = public.len().checked_sub(length);
            let tail = start.and_then(|start| public.get(start..)).map(<[u8]>::to_vec);
            tail.ok_or_else(|| Error::Missing("openssl printed too short a public key".into()))
        };
        let mut jwk = Map::new();
        match self.algorithm {
            Algorithm::Rs256 => {
                jwk.insert("kty".into(), json!("RSA"));
                jwk.insert("n".into(), encode(&self.modulus()?));
                // 65537, which openssl takes unless told otherwise.
                jwk.insert("e".into(), json!("AQAB"));
            }
            Algorithm::Es256 => {
                let point = tail(64)?;
                let (x, y) = point.split_at(32);
                jwk.insert("kty".into(), json!("EC"));
                jwk.insert("crv".into(), json!("P-256"));
                jwk.insert("x".into(), encode(x));
                jwk.insert("y".into(), encode(y));
            }
            Algorithm::EdDsa => {
                jwk.insert("kty".into(), json!("OKP"));
                jwk.insert("crv".into(), json!("Ed25519"));
                jwk.insert("x".into(), encode(&tail(32)?));
            }
        }
        jwk.insert("kid".into(), json!(self.id));
        jwk.insert("alg".into(), json!(self.algorithm.name()));
        jwk.insert("use".into(), json!("sig"));
        Ok(Value::Object(jwk))
    }

    /// A token signed with this key, whose header names the algorithm and the key.
    ///
    /// # Errors
    /// Those of `openssl`.
    pub fn sign(&self, token: &Token) -> Result<String> {
        let token = token.clone().header("alg", self.algorithm.name()).header("kid", self.id.as_str());
        self.sign_as_it_is(&token)
    }

    /// A token signed with this key, whatever its header claims.
    ///
    /// # Errors
    /// Those of `openssl`.
    pub fn sign_as_it_is(&self, token: &Token) -> Result<String> {
        let unsigned = token.clone().signature(Signature::Bytes(Vec::new())).mint();
        let signed = unsigned.trim_end_matches('.');
        let (input, output) = (self.directory.path().join("input"), self.directory.path().join("output"));
        fs::write(&input, signed).doing(|| "write what is to be signed".into())?;
        let mut command = match self.algorithm {
            Algorithm::Rs256 | Algorithm::Es256 => self.openssl(&["dgst", "-sha256", "-sign"]),
            Algorithm::EdDsa => self.openssl(&["pkeyutl", "-sign", "-rawin", "-inkey"]),
        };
        command.arg(self.private()).arg("-out").arg(&output);
        if self.algorithm == Algorithm::EdDsa {
            command.arg("-in");
        }
        run(command.arg(&input))?;
        let signature = fs::read(&output).doing(|| "read a signature".into())?;
        let signature = match self.algorithm {
            Algorithm::Es256 => pair_of(&signature)
                .ok_or_else(|| Error::Missing("openssl printed no ECDSA signature".into()))?,
            Algorithm::Rs256 | Algorithm::EdDsa => signature,
        };
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// The public key, as `PEM` or `DER`.
    ///
    /// # Errors
    /// Those of `openssl`.
    pub fn public(&self, form: &str) -> Result<Vec<u8>> {
        let output = self.directory.path().join("public");
        let mut command = self.openssl(&["pkey", "-pubout", "-outform", form, "-in"]);
        run(command.arg(self.private()).arg("-out").arg(&output))?;
        fs::read(&output).doing(|| "read a public key".into())
    }

    fn modulus(&self) -> Result<Vec<u8>> {
        let printed = run(self.openssl(&["rsa", "-noout", "-modulus", "-in"]).arg(self.private()))?;
        let digits = printed.trim().strip_prefix("Modulus=").unwrap_or_default().as_bytes();
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let bytes: Option<Vec<u8>> = digits.chunks(2).map(byte).collect();
        bytes
            .filter(|bytes| !bytes.is_empty())
            .ok_or_else(|| Error::Missing("openssl printed no modulus".into()))
    }

    fn private(&self) -> PathBuf {
        self.directory.path().join("private.pem")
    }

    fn openssl(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("openssl");
        command.args(arguments).current_dir(self.directory.path());
        command
    }
}

/// The two numbers of an ECDSA signature in DER, 32 bytes each (RFC 7518, section 3.4).
fn pair_of(der: &[u8]) -> Option<Vec<u8>> {
    let number = |at: usize| -> Option<(Vec<u8>, usize)> {
        let length = usize::from(*der.get(at + 1)?);
        let bytes = der.get(at + 2..at + 2 + length).filter(|_| der.get(at) == Some(&2))?;
        let digits: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
        let mut padded = vec![0; 32_usize.checked_sub(digits.len())?];
        padded.extend(digits);
        Some((padded, at + 2 + length))
    };
    let (mut first, next) = number(2)?;
    let (second, end) = number(next)?;
    first.extend(second);
    (end == der.len()).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_signature_are_padded_and_freed_of_their_sign() {
        // SEQUENCE { INTEGER 0x00ff…ff (33 bytes), INTEGER 1 }
        let mut der = vec![0x30, 38, 2, 33, 0];
        der.extend([0xff; 32]);
        der.extend([2, 1, 1]);
        let pair = pair_of(&der).unwrap();
        assert_eq!(pair[..32], [0xff; 32]);
        assert_eq!((pair[32..63].to_vec(), pair[63]), (vec![0; 31], 1));
        assert_eq!(pair_of(&der[..20]), None);
    }

    #[test]
    fn openssl_verifies_what_it_signed() {
        let key = SigningKey::generate(Algorithm::Rs256, "one").unwrap();
        let token = key.sign(&Token::new("someone", "agent")).unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let at = |name: &str| key.directory.path().join(name);
        fs::write(at("signed"), signed).unwrap();
        fs::write(at("signature"), URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
        fs::write(at("public.pem"), key.public("PEM").unwrap()).unwrap();
        let mut verify =
            key.openssl(&["dgst", "-sha256", "-verify", "public.pem", "-signature", "signature"]);
        run(verify.arg("signed")).unwrap();
        assert_eq!(key.jwk().unwrap()["n"].as_str().unwrap().len(), 342);
    }
}
