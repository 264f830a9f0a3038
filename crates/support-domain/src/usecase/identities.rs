//! Staff who sign in with an identity provider.

use crate::command::SignIn;
use crate::entity::{Identity, User};
use crate::error::{Entity, Error, RuleViolation, StoreError};
use crate::id::UserId;
use crate::rules::access;
use crate::time::Timestamp;
use crate::usecase::{UseCaseContext, sessions};
use crate::value::TokenHash;

/// Begins a session of the member of staff that somebody at a provider is. The first time they are known by
/// their address; from then on by their name at the provider alone, so that an address that is given to
/// somebody else there does not take the account along.
pub(crate) fn sign_in(
    work: &mut UseCaseContext<'_>,
    who: &SignIn,
    hash: TokenHash,
    expires_at: Timestamp,
) -> Result<(), Error> {
    let user = match work.tx.identities().find(&who.external)? {
        Some(identity) => work.tx.users().find(identity.user_id)?,
        None => link(work, who)?,
    };
    let user = user.filter(|user| user.role.is_staff()).ok_or(RuleViolation::UnknownIdentity)?;
    sessions::open(work, user.id, hash, expires_at)
}

/// The one member of staff with the address, who is linked to the provider's person unless they are another
/// one there.
fn link(work: &mut UseCaseContext<'_>, who: &SignIn) -> Result<Option<User>, Error> {
    let Some(email) = &who.verified_email else { return Ok(None) };
    let staff = work.tx.users().list_staff(email)?;
    let [user] = staff.as_slice() else { return Ok(None) };
    let identity = Identity { external: who.external.clone(), user_id: user.id, linked_at: work.now };
    match work.tx.identities().insert(&identity) {
        Ok(()) => Ok(Some(user.clone())),
        // Another request may have linked the same pair since.
        Err(StoreError::Conflict { .. }) => {
            let linked = work.tx.identities().find(&who.external)?;
            Ok(linked.filter(|linked| linked.user_id == user.id).map(|_| user.clone()))
        }
        Err(error) => Err(error.into()),
    }
}

/// Forgets who a member of staff is at providers and ends their sessions: whoever has their address next is
/// linked anew.
pub(crate) fn unlink(work: &mut UseCaseContext<'_>, user: UserId) -> Result<(), Error> {
    access::admin(work.actor)?;
    if work.tx.identities().delete_all(user)? == 0 {
        return Err(Error::NotFound(Entity::Identity));
    }
    Ok(work.tx.sessions().revoke_all(user, None)?)
}
