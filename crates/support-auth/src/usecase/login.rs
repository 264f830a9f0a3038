//! Logging in, once the password is known to be right.

use support_domain::id::UserId;
use support_domain::time::Timestamp;

use super::{UseCaseContext, second_factor, sessions};
use crate::code::Code;
use crate::error::Error;
use crate::refresh_token::TokenHash;

/// Begins a session, if `code` is what the user's second factor asks for.
pub(crate) fn log_in(
    work: &mut UseCaseContext<'_>,
    user: UserId,
    code: Option<&Code>,
    hash: TokenHash,
    expires_at: Timestamp,
) -> Result<(), Error> {
    if !second_factor::prove(work, user, code)? {
        return Err(Error::InvalidCode);
    }
    sessions::open(work, user, hash, expires_at)
}
