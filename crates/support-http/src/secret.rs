//! Refresh tokens: random secrets of which only the hash is kept.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng;
use rand::rngs::{SysError, SysRng};
use sha2::{Digest, Sha256};
use support_domain::value::TokenHash;

/// Draws a refresh token: 256 random bits in base64url.
///
/// # Errors
/// When the system has no random numbers.
pub(crate) fn draw() -> Result<String, SysError> {
    let mut bytes = [0_u8; 32];
    SysRng.try_fill_bytes(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The hash under which a refresh token is kept. The token has 256 bits of its own, so a fast hash will do.
pub(crate) fn hash(token: &str) -> TokenHash {
    TokenHash(Sha256::digest(token.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_their_hashes_with_them() {
        let (one, other) = (draw().expect("drawn"), draw().expect("drawn"));
        assert_eq!(one.len(), 43);
        assert!(one != other && hash(&one) != hash(&other) && hash(&one) == hash(&one));
    }
}
