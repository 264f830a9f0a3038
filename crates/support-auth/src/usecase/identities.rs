//! Staff who sign in with an identity provider.

use support_domain::actor::Actor;
use support_domain::entity::User;
use support_domain::error::{Entity, StoreError};
use support_domain::id::UserId;
use support_domain::time::Timestamp;
use support_domain::value::EmailAddress;

use super::{UseCaseContext, access, sessions};
use crate::error::Error;
use crate::identity::{ExternalId, Identity};
use crate::refresh_token::TokenHash;

/// Begins a session of the member of staff that somebody at a provider is. The first time they are known by
/// the address that the provider has verified; from then on by their name at the provider alone, so that an
/// address that is given to somebody else there does not take the account along.
pub(crate) fn sign_in(
    work: &mut UseCaseContext<'_>,
    external: &ExternalId,
    verified_email: Option<&EmailAddress>,
    hash: TokenHash,
    expires_at: Timestamp,
) -> Result<(), Error> {
    let user = match work.tx.identities().find(external)? {
        Some(identity) => work.tx.accounts().find(identity.user_id)?,
        None => link(work, external, verified_email)?,
    };
    let user = user.filter(|user| user.role.is_staff()).ok_or(Error::UnknownIdentity)?;
    sessions::open(work, user.id, hash, expires_at)
}

/// The one member of staff with the address, who is linked to the provider's person unless they are another
/// one there.
fn link(
    work: &mut UseCaseContext<'_>,
    external: &ExternalId,
    verified_email: Option<&EmailAddress>,
) -> Result<Option<User>, Error> {
    let Some(email) = verified_email else { return Ok(None) };
    let staff = work.tx.accounts().list_staff(email)?;
    let [user] = staff.as_slice() else { return Ok(None) };
    let identity = Identity { external: external.clone(), user_id: user.id, linked_at: work.now };
    match work.tx.identities().insert(&identity) {
        Ok(()) => Ok(Some(user.clone())),
        // Another request may have linked the same pair since.
        Err(StoreError::Conflict { .. }) => {
            let linked = work.tx.identities().find(external)?;
            Ok(linked.filter(|linked| linked.user_id == user.id).map(|_| user.clone()))
        }
        Err(error) => Err(error.into()),
    }
}

/// Forgets who a member of staff is at providers and ends their sessions: whoever has their address next is
/// linked anew.
pub(crate) fn unlink(work: &mut UseCaseContext<'_>, actor: &Actor, user: UserId) -> Result<(), Error> {
    access::admin(actor)?;
    if work.tx.identities().delete_all(user)? == 0 {
        return Err(Error::NotFound(Entity::Identity));
    }
    Ok(work.tx.sessions().revoke_all(user, None)?)
}
