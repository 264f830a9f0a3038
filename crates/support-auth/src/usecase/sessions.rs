//! Sessions: refresh tokens that rotate, and a stolen one that ends its family.

use support_domain::entity::User;
use support_domain::id::UserId;
use support_domain::time::Timestamp;

use super::UseCaseContext;
use crate::error::Error;
use crate::refresh_token::{RefreshToken, SessionId, TokenHash, TokenState};

/// How a refresh ended. Reuse is no error of the transaction: its revocation must be committed.
pub(crate) enum RefreshOutcome {
    /// The next token was given out.
    Rotated(User),
    /// The token does not hold; if it was used before, its whole session has been ended.
    Refused(&'static str),
}

/// Begins a session.
pub(crate) fn open(
    work: &mut UseCaseContext<'_>,
    user: UserId,
    hash: TokenHash,
    expires_at: Timestamp,
) -> Result<(), Error> {
    work.tx.sessions().prune(work.now)?;
    let session_id = SessionId::generate(work.ids);
    let token = RefreshToken {
        hash,
        session_id,
        user_id: user,
        issued_at: work.now,
        expires_at,
        state: TokenState::Fresh,
    };
    Ok(work.tx.sessions().insert(&token)?)
}

/// Exchanges a token for the next of its session.
pub(crate) fn refresh(
    work: &mut UseCaseContext<'_>,
    old: &TokenHash,
    new: TokenHash,
    expires_at: Timestamp,
) -> Result<RefreshOutcome, Error> {
    let Some(token) = work.tx.sessions().lock(old)? else {
        return Ok(RefreshOutcome::Refused("unknown refresh token"));
    };
    match token.state {
        TokenState::Revoked => return Ok(RefreshOutcome::Refused("the session was ended")),
        TokenState::Used => {
            work.tx.sessions().revoke(token.session_id)?;
            return Ok(RefreshOutcome::Refused("the refresh token was used before; the session was ended"));
        }
        TokenState::Fresh if token.expires_at <= work.now => {
            return Ok(RefreshOutcome::Refused("the refresh token has expired"));
        }
        TokenState::Fresh => {}
    }
    let Some(user) = work.tx.accounts().find(token.user_id)? else {
        return Ok(RefreshOutcome::Refused("the user is gone"));
    };
    work.tx.sessions().save_state(old, TokenState::Used)?;
    work.tx.sessions().insert(&RefreshToken { hash: new, issued_at: work.now, expires_at, ..token })?;
    Ok(RefreshOutcome::Rotated(user))
}

/// Ends a token's session; an unknown token is ended already.
pub(crate) fn close(work: &mut UseCaseContext<'_>, hash: &TokenHash) -> Result<(), Error> {
    if let Some(token) = work.tx.sessions().lock(hash)? {
        work.tx.sessions().revoke(token.session_id)?;
    }
    Ok(())
}
