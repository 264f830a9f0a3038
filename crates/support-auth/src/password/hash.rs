//! How passwords are stored: Argon2id hashes in the PHC string format.

use argon2::password_hash::phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use support_domain::value::PasswordHash;

use super::typed::Password;

/// What a hash costs to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cost {
    /// Memory in KiB.
    pub(super) memory: u32,
    /// Passes over the memory.
    pub(super) passes: u32,
    /// Lanes of the memory.
    pub(super) lanes: u32,
}

/// The cost of every new hash (OWASP Password Storage Cheat Sheet, "Argon2id").
pub(super) const COST: Cost = Cost { memory: 19_456, passes: 2, lanes: 1 };

/// A password could not be hashed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed to hash the password: {0}")]
pub struct HashError(pub(super) String);

/// Hashes a new password on the calling thread, which takes 19 MiB and some 20 ms. Services use
/// [`super::Passwords`], which does not keep others waiting.
///
/// # Errors
/// [`HashError`] when the system has no random numbers or no memory.
pub fn hash(password: &Password) -> Result<PasswordHash, HashError> {
    hash_at(password, COST)
}

/// Hashes a new password at a cost.
pub(super) fn hash_at(password: &Password, cost: Cost) -> Result<PasswordHash, HashError> {
    let hash: phc::PasswordHash =
        argon2(cost)?.hash_password(password.as_bytes()).map_err(|error| HashError(error.to_string()))?;
    Ok(PasswordHash::new(hash.to_string()))
}

/// Whether `hash` is cheaper to guess at than one of `today`: of another algorithm or version, or with less
/// of memory or passes and more of neither. One that only trades one for the other is left as it is.
pub(super) fn is_weaker(hash: &PasswordHash, today: Cost) -> bool {
    let Ok(hash) = phc::PasswordHash::new(hash.as_str()) else { return false };
    let (Ok(algorithm), Ok(parameters)) =
        (Algorithm::try_from(hash.algorithm.as_str()), Params::try_from(&hash))
    else {
        return false;
    };
    if algorithm != Algorithm::Argon2id || hash.version != Some(Version::V0x13.into()) {
        return true;
    }
    let (memory, passes) = (parameters.m_cost(), parameters.t_cost());
    memory <= today.memory && passes <= today.passes && (memory, passes) != (today.memory, today.passes)
}

/// Whether `password` is the one that was hashed; `false` for a hash that is none. It takes as long as the
/// hash itself took.
pub(super) fn verify(password: &Password, hash: &PasswordHash) -> Result<bool, HashError> {
    let Ok(hash) = phc::PasswordHash::new(hash.as_str()) else { return Ok(false) };
    Ok(argon2(COST)?.verify_password(password.as_bytes(), &hash).is_ok())
}

fn argon2(cost: Cost) -> Result<Argon2<'static>, HashError> {
    let parameters = Params::new(cost.memory, cost.passes, cost.lanes, None)
        .map_err(|error| HashError(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::claim(text).expect("short")
    }

    #[test]
    fn hashes_are_argon2id_with_the_parameters_asked_for() {
        let hash = hash(&password("correct horse")).expect("hashed");
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        assert!(verify(&password("correct horse"), &hash).expect("verified"));
        assert!(!verify(&password("correct hors"), &hash).expect("verified"));
        assert!(!verify(&password("x"), &PasswordHash::new("plain".to_owned())).expect("verified"));
    }

    #[test]
    fn weaker_hashes_are_told_from_others() {
        let is_weaker = |start: &str| {
            let hash = format!("{start}$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g");
            super::is_weaker(&PasswordHash::new(hash), Cost { memory: 100, passes: 3, lanes: 1 })
        };
        for weaker in [
            "$argon2id$v=19$m=99,t=3,p=1",
            "$argon2id$v=19$m=100,t=2,p=1",
            "$argon2id$v=19$m=8,t=1,p=1",
            "$argon2id$v=16$m=100,t=3,p=1",
            "$argon2id$m=100,t=3,p=1",
            "$argon2i$v=19$m=200,t=3,p=1",
        ] {
            assert!(is_weaker(weaker), "{weaker}");
        }
        for other in [
            "$argon2id$v=19$m=100,t=3,p=1",
            "$argon2id$v=19$m=100,t=3,p=4",
            "$argon2id$v=19$m=200,t=2,p=1",
            "$argon2id$v=19$m=50,t=6,p=1",
            "$argon2id$v=19$m=200,t=4,p=1",
            "$scrypt$ln=1,r=8,p=1",
            "plain",
        ] {
            assert!(!is_weaker(other), "{other}");
        }
    }
}
