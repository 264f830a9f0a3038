//! Continuing and ending sessions.

use super::facade::{Authentication, draw};
use crate::error::Error;
use crate::refresh_token::TokenHash;
use crate::token_pair::TokenPair;
use crate::usecase::sessions::{self, RefreshOutcome};

impl Authentication {
    /// Exchanges a refresh token for the next. One that was used before ends its whole session.
    ///
    /// # Errors
    /// [`Error::InvalidSession`] if it does not hold; [`Error::NoOwnLogins`].
    pub async fn refresh(&self, refresh_token: &str) -> Result<TokenPair, Error> {
        self.check_enabled()?;
        self.exchange(TokenHash::of(refresh_token)).await
    }

    /// Exchanges whatever is stored as a refresh token under this hash.
    pub(super) async fn exchange(&self, old: TokenHash) -> Result<TokenPair, Error> {
        let (token, new) = draw()?;
        let lifetime = self.lifetimes.refresh;
        let refreshed = self
            .transactions
            .write(move |work| sessions::refresh(work, &old, new, work.now.plus(lifetime)))
            .await?;
        match refreshed {
            RefreshOutcome::Rotated(user) => self.pair(user, token),
            RefreshOutcome::Refused(why) => Err(Error::InvalidSession(why)),
        }
    }

    /// Ends the session of a refresh token; an unknown one is ended already. Access tokens hold until they
    /// expire.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn log_out(&self, refresh_token: &str) -> Result<(), Error> {
        let hash = TokenHash::of(refresh_token);
        self.transactions.write(move |work| sessions::close(work, &hash)).await
    }
}
