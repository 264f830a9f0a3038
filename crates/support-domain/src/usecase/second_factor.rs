//! Second factors of staff: enrolling a device, proving it at each login, and what helps when it is lost.
//!
//! Codes are checked against the secret outside, where the cryptography is; here the outcome, a
//! [`OtpEvidence`], is held against the factor as it is stored, so that each code is used once whatever runs
//! at the same time.

use crate::command::{ConfirmSecondFactor, OtpEvidence, SecondFactorStatus};
use crate::entity::{SecondFactor, User};
use crate::error::{Entity, Error, RuleViolation};
use crate::id::UserId;
use crate::rules::access;
use crate::usecase::UseCaseContext;
use crate::value::TotpSecret;

/// What is known of the actor's own factor.
pub(crate) fn status(work: &mut UseCaseContext<'_>) -> Result<SecondFactorStatus, Error> {
    access::staff(work.actor)?;
    let factor = work.tx.second_factors().find(work.actor.id)?;
    Ok(SecondFactorStatus {
        is_confirmed: factor.is_some_and(|factor| factor.is_confirmed()),
        recovery_codes_left: work.tx.second_factors().count_recovery_codes(work.actor.id)?,
    })
}

/// Keeps a secret for the actor's device, in place of one that was never confirmed.
pub(crate) fn enrol(work: &mut UseCaseContext<'_>, secret: &TotpSecret) -> Result<(), Error> {
    access::staff(work.actor)?;
    let before = work.tx.second_factors().lock(work.actor.id)?;
    if before.is_some_and(|factor| factor.is_confirmed()) {
        return Err(RuleViolation::SecondFactorActive.into());
    }
    let factor = SecondFactor::enrol(work.actor.id, secret.clone(), work.now);
    Ok(work.tx.second_factors().save(&factor)?)
}

/// Turns the actor's factor on: logins ask for it from now on. Other sessions end, for they began without it.
pub(crate) fn confirm(work: &mut UseCaseContext<'_>, command: &ConfirmSecondFactor) -> Result<(), Error> {
    access::staff(work.actor)?;
    let user = work.actor.id;
    let factor = match work.tx.second_factors().lock(user)? {
        Some(factor) if factor.is_confirmed() => return Err(RuleViolation::SecondFactorActive.into()),
        Some(factor) => factor,
        None => return Err(RuleViolation::NoSecondFactor.into()),
    };
    let OtpEvidence::Step { secret, step } = &command.proof else {
        return Err(RuleViolation::CodeRefused.into());
    };
    if *secret != factor.secret {
        return Err(RuleViolation::CodeRefused.into());
    }
    work.tx.second_factors().save(&factor.confirm(*step, work.now))?;
    work.tx.second_factors().replace_recovery_codes(user, &command.recovery_codes)?;
    let keep = match &command.keep {
        Some(hash) => work.tx.sessions().lock(hash)?.filter(|token| token.user_id == user),
        None => None,
    };
    Ok(work.tx.sessions().revoke_all(user, keep.map(|token| token.session_id))?)
}

/// Turns the actor's factor off.
pub(crate) fn remove(work: &mut UseCaseContext<'_>, proof: &OtpEvidence) -> Result<(), Error> {
    access::staff(work.actor)?;
    let user = work.actor.id;
    if !work.tx.second_factors().lock(user)?.is_some_and(|factor| factor.is_confirmed()) {
        return Err(RuleViolation::NoSecondFactor.into());
    }
    prove(work, user, Some(proof))?;
    work.tx.second_factors().delete(user)?;
    Ok(())
}

/// Turns off the factor of another member of staff, whose device is lost. Their sessions end: they may be on
/// it.
pub(crate) fn reset(work: &mut UseCaseContext<'_>, user: UserId) -> Result<(), Error> {
    access::admin(work.actor)?;
    if user == work.actor.id {
        return Err(Error::Forbidden("one's own second factor is turned off with its code"));
    }
    let known = work.tx.users().find(user)?;
    known.filter(|user: &User| user.role.is_staff()).ok_or(Error::NotFound(Entity::User))?;
    if !work.tx.second_factors().delete(user)? {
        return Err(RuleViolation::NoSecondFactor.into());
    }
    Ok(work.tx.sessions().revoke_all(user, None)?)
}

/// Uses up what proves a login of `user`. Whoever has no factor needs none.
pub(crate) fn prove(
    work: &mut UseCaseContext<'_>,
    user: UserId,
    proof: Option<&OtpEvidence>,
) -> Result<(), Error> {
    let Some(factor) = work.tx.second_factors().lock(user)?.filter(SecondFactor::is_confirmed) else {
        return Ok(());
    };
    let holds = match proof {
        None => return Err(RuleViolation::SecondFactorRequired.into()),
        Some(OtpEvidence::Step { secret, step }) if *secret == factor.secret => match factor.spend(*step) {
            Some(spent) => {
                work.tx.second_factors().save(&spent)?;
                true
            }
            None => false,
        },
        Some(OtpEvidence::Recovery(code)) => work.tx.second_factors().spend_recovery_code(user, code)?,
        Some(OtpEvidence::Step { .. } | OtpEvidence::Wrong) => false,
    };
    if holds { Ok(()) } else { Err(RuleViolation::CodeRefused.into()) }
}
