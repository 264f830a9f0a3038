//! What became of checking a token.

use support_domain::actor::Actor;
use support_domain::time::Timestamp;

/// Why a token was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// It does not hold, and never will. The text may be told to its bearer.
    #[error("{0}")]
    Invalid(&'static str),
    /// Its time is over.
    #[error("the access token has expired")]
    Expired,
}

/// What a token that holds says.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Whose token it is.
    pub actor: Actor,
    /// From when on it holds no longer: its `exp`, and the leeway for a provider's clock.
    pub expires_at: Timestamp,
}
