//! Second factors of staff: enrolling a device, proving it at each login, and what helps when it is lost.
//!
//! A code is compared under the lock of its factor, so that each is used once whatever runs at the same time.

use support_domain::actor::Actor;
use support_domain::error::Entity;
use support_domain::id::UserId;

use super::{UseCaseContext, access};
use crate::code::Code;
use crate::code_match::{CodeMatch, match_code};
use crate::error::Error;
use crate::refresh_token::TokenHash;
use crate::second_factor::{RecoveryCodeHash, SecondFactor, SecondFactorStatus, TotpSecret};

/// What is known of the actor's own factor.
pub(crate) fn status(work: &mut UseCaseContext<'_>, actor: &Actor) -> Result<SecondFactorStatus, Error> {
    access::staff(actor)?;
    let factor = work.tx.second_factors().find(actor.id)?;
    Ok(SecondFactorStatus {
        is_confirmed: factor.is_some_and(|factor| factor.is_confirmed()),
        recovery_codes_left: work.tx.second_factors().count_recovery_codes(actor.id)?,
    })
}

/// Keeps a secret for the actor's device, in place of one that was never confirmed.
pub(crate) fn enrol(work: &mut UseCaseContext<'_>, actor: &Actor, secret: &TotpSecret) -> Result<(), Error> {
    access::staff(actor)?;
    let before = work.tx.second_factors().lock(actor.id)?;
    if before.is_some_and(|factor| factor.is_confirmed()) {
        return Err(Error::SecondFactorActive);
    }
    let factor = SecondFactor::enrol(actor.id, secret.clone(), work.now);
    Ok(work.tx.second_factors().save(&factor)?)
}

/// Turns the actor's factor on: logins ask for it from now on. Their sessions end, for they began without it,
/// but the one that `keep` is a token of.
pub(crate) fn confirm(
    work: &mut UseCaseContext<'_>,
    actor: &Actor,
    code: &Code,
    recovery_codes: &[RecoveryCodeHash],
    keep: Option<&TokenHash>,
) -> Result<(), Error> {
    access::staff(actor)?;
    let user = actor.id;
    let factor = match work.tx.second_factors().lock(user)? {
        Some(factor) if factor.is_confirmed() => return Err(Error::SecondFactorActive),
        Some(factor) => factor,
        None => return Err(Error::NoSecondFactor),
    };
    let CodeMatch::Step(step) = match_code(&factor, code, work.now) else { return Err(Error::WrongCode) };
    work.tx.second_factors().save(&factor.confirm(step, work.now))?;
    work.tx.second_factors().replace_recovery_codes(user, recovery_codes)?;
    let keep = match keep {
        Some(hash) => work.tx.sessions().lock(hash)?.filter(|token| token.user_id == user),
        None => None,
    };
    Ok(work.tx.sessions().revoke_all(user, keep.map(|token| token.session_id))?)
}

/// Turns the actor's factor off.
pub(crate) fn remove(work: &mut UseCaseContext<'_>, actor: &Actor, code: &Code) -> Result<(), Error> {
    access::staff(actor)?;
    if !work.tx.second_factors().lock(actor.id)?.is_some_and(|factor| factor.is_confirmed()) {
        return Err(Error::NoSecondFactor);
    }
    if !prove(work, actor.id, Some(code))? {
        return Err(Error::WrongCode);
    }
    work.tx.second_factors().delete(actor.id)?;
    Ok(())
}

/// Turns off the factor of another member of staff, whose device is lost. Their sessions end: they may be on
/// it.
pub(crate) fn reset(work: &mut UseCaseContext<'_>, actor: &Actor, user: UserId) -> Result<(), Error> {
    access::admin(actor)?;
    if user == actor.id {
        return Err(Error::Forbidden("one's own second factor is turned off with its code"));
    }
    let known = work.tx.accounts().find(user)?;
    known.filter(|user| user.role.is_staff()).ok_or(Error::NotFound(Entity::User))?;
    if !work.tx.second_factors().delete(user)? {
        return Err(Error::NoSecondFactor);
    }
    Ok(work.tx.sessions().revoke_all(user, None)?)
}

/// Uses up the code of a login of `user`, and says whether it holds. Whoever has no factor needs none.
/// [`Error::SecondFactorRequired`] without a code where one is needed.
pub(crate) fn prove(work: &mut UseCaseContext<'_>, user: UserId, code: Option<&Code>) -> Result<bool, Error> {
    let Some(factor) = work.tx.second_factors().lock(user)?.filter(SecondFactor::is_confirmed) else {
        return Ok(true);
    };
    let code = code.ok_or(Error::SecondFactorRequired)?;
    match match_code(&factor, code, work.now) {
        CodeMatch::Step(step) => match factor.spend(step) {
            Some(spent) => Ok(work.tx.second_factors().save(&spent).map(|()| true)?),
            None => Ok(false),
        },
        CodeMatch::Recovery(code) => Ok(work.tx.second_factors().spend_recovery_code(user, &code)?),
        CodeMatch::None => Ok(false),
    }
}
