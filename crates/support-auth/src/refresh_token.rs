//! Refresh tokens: random secrets of which only the hash is kept, in families that descend from one login.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng;
use rand::rngs::{SysError, SysRng};
use sha2::{Digest, Sha256};
use support_domain::id::{IdSource, UserId};
use support_domain::time::Timestamp;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Names a session: all refresh tokens that descend from one login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(Uuid);

impl SessionId {
    /// Wraps a UUID that is known to name a session.
    #[must_use]
    pub const fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// A fresh id from `source`.
    #[must_use]
    pub fn generate(source: &dyn IdSource) -> Self {
        Self(source.next_id())
    }

    /// The UUID itself.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

/// SHA-256 of a refresh token. `Debug` hides it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenHash(pub [u8; 32]);

impl TokenHash {
    /// The hash of `token`. The token has 256 random bits of its own, so a fast hash will do.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// Draws a refresh token: 256 random bits in base64url.
///
/// # Errors
/// When the system has no random numbers.
pub(crate) fn draw() -> Result<Zeroizing<String>, SysError> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    SysRng.try_fill_bytes(bytes.as_mut_slice())?;
    Ok(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice())))
}

/// A refresh token as stored: its hash, never the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    /// Its hash, unique.
    pub hash: TokenHash,
    /// The login it descends from.
    pub session_id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// When it was given out.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Whether it can still be used.
    pub state: TokenState,
}

/// Whether a refresh token can still be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// It can.
    Fresh,
    /// It was exchanged for the next one: using it again shows that it was stolen.
    Used,
    /// Its session was ended.
    Revoked,
}

impl TokenState {
    /// Every state.
    pub const ALL: &'static [Self] = &[Self::Fresh, Self::Used, Self::Revoked];

    /// The state's name in a database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Used => "used",
            Self::Revoked => "revoked",
        }
    }

    /// Reads a name; `None` for an unknown one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_their_hashes_with_them() {
        let (one, other) = (draw().expect("drawn"), draw().expect("drawn"));
        assert_eq!(one.len(), 43);
        assert!(one != other && TokenHash::of(&one) != TokenHash::of(&other));
        assert_eq!(TokenHash::of(&one), TokenHash::of(&one));
    }
}
