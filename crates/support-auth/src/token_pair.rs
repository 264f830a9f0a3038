//! What a login, a sign-in or a refresh gives.

use chrono::TimeDelta;
use support_domain::entity::User;
use zeroize::Zeroizing;

/// The two tokens of somebody who has just been authenticated, and who they are.
pub struct TokenPair {
    /// The access token, a JWT.
    pub access_token: String,
    /// The refresh token, which can be used once.
    pub refresh_token: Zeroizing<String>,
    /// How long the access token holds.
    pub expires_in: TimeDelta,
    /// Whose they are.
    pub user: User,
}
