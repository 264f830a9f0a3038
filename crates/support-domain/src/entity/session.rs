//! Login sessions: families of refresh tokens, each used once.

use crate::id::{SessionId, UserId};
use crate::time::Timestamp;
use crate::value::TokenHash;

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

    /// The state's name in the database.
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
