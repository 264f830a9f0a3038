//! Passwords: Argon2id, away from the threads that answer requests, only a few at a time.

use std::sync::Arc;

use actix_web::web;
use argon2::password_hash::phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use support_api::password::Password;
use support_api::problem::Kind;
use support_domain::value::PasswordHash;
use tokio::sync::Semaphore;

use crate::failure::Failure;
use crate::secret;

/// Memory in KiB, passes and lanes (OWASP Password Storage Cheat Sheet, "Argon2id").
const PARAMETERS: (u32, u32, u32) = (19_456, 2, 1);
/// How many more may wait for each that is being hashed; beyond, callers are told to come back.
const QUEUE: usize = 32;

/// A password could not be hashed.
#[derive(Debug, thiserror::Error)]
#[error("failed to hash the password: {0}")]
pub struct HashError(String);

/// Hashes a new password, on the calling thread.
///
/// # Errors
/// [`HashError`] when the system has no random numbers or no memory.
pub fn hash(password: &Password) -> Result<PasswordHash, HashError> {
    let hash: phc::PasswordHash =
        argon2()?.hash_password(password.as_bytes()).map_err(|error| HashError(error.to_string()))?;
    Ok(PasswordHash::new(hash.to_string()))
}

/// Whether `password` is the one that was hashed; `false` for a hash that is none.
fn verify(password: &Password, hash: &PasswordHash) -> Result<bool, HashError> {
    let Ok(hash) = phc::PasswordHash::new(hash.as_str()) else { return Ok(false) };
    Ok(argon2()?.verify_password(password.as_bytes(), &hash).is_ok())
}

fn argon2() -> Result<Argon2<'static>, HashError> {
    let (memory, passes, lanes) = PARAMETERS;
    let parameters =
        Params::new(memory, passes, lanes, None).map_err(|error| HashError(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))
}

/// Hashes and verifies for callers who wait.
pub struct Passwords {
    /// Those who log in where they have been before, and administrators who set a password.
    familiar: Queue,
    /// All others. However many they are, they do not get in the way of the former.
    strangers: Queue,
    nobodys: Arc<PasswordHash>,
}

impl Passwords {
    /// Lets at most `at_once` be hashed at a time for strangers, and as many for others. Each takes 19 MiB.
    ///
    /// # Errors
    /// [`HashError`] when hashing does not work here.
    pub fn new(at_once: usize) -> Result<Self, HashError> {
        let secret = secret::draw().map_err(|error| HashError(error.to_string()))?;
        let nobodys = hash(&Password::choose(&secret).map_err(HashError)?)?;
        Ok(Self { familiar: Queue::new(at_once), strangers: Queue::new(at_once), nobodys: Arc::new(nobodys) })
    }

    /// Hashes a new password.
    pub(crate) async fn hash(&self, password: Password) -> Result<PasswordHash, Failure> {
        self.familiar.run(move || hash(&password)).await
    }

    /// Whether `password` is the one that was hashed. Without a hash it takes as long and is not.
    pub(crate) async fn verify(
        &self,
        password: Password,
        known: Option<PasswordHash>,
        is_familiar: bool,
    ) -> Result<bool, Failure> {
        let nobodys = Arc::clone(&self.nobodys);
        let queue = if is_familiar { &self.familiar } else { &self.strangers };
        let job = move || {
            let is_known = known.is_some();
            Ok(verify(&password, known.as_ref().unwrap_or(&nobodys))? && is_known)
        };
        queue.run(job).await
    }
}

/// Who waits for a hash.
struct Queue {
    running: Semaphore,
    admitted: Semaphore,
}

impl Queue {
    fn new(at_once: usize) -> Self {
        let at_once = at_once.max(1);
        Self { running: Semaphore::new(at_once), admitted: Semaphore::new(at_once * (QUEUE + 1)) }
    }

    async fn run<T, F>(&self, job: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, HashError> + Send + 'static,
    {
        let _admitted = self
            .admitted
            .try_acquire()
            .map_err(|_| Failure::new(Kind::OVERLOADED, "too many logins at once; try again later"))?;
        let _running = self.running.acquire().await.map_err(|error| Failure::internal(error.to_string()))?;
        match web::block(job).await {
            Ok(result) => result.map_err(|error| Failure::internal(error.to_string())),
            Err(error) => Err(Failure::internal(format!("hashing a password: {error}"))),
        }
    }
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

    #[actix_web::test]
    async fn nobody_has_a_password() {
        let passwords = Passwords::new(1).expect("made");
        let known = passwords.hash(password("correct horse")).await.expect("hashed");
        assert!(passwords.verify(password("correct horse"), Some(known), false).await.expect("verified"));
        assert!(!passwords.verify(password("correct horse"), None, false).await.expect("verified"));
    }

    #[actix_web::test]
    async fn a_full_queue_sends_strangers_away() {
        let passwords = Passwords::new(1).expect("made");
        let _others = passwords.strangers.admitted.acquire_many(u32::try_from(QUEUE + 1).expect("few")).await;
        let refused = passwords.verify(password("correct horse"), None, false).await.expect_err("full");
        assert_eq!(refused.problem().code, "overloaded");
        assert!(!passwords.verify(password("correct horse"), None, true).await.expect("has a queue"));
    }
}
