//! Where passwords are hashed: away from the threads that answer requests, only a few at a time.

use std::sync::Arc;

use support_domain::value::PasswordHash;
use tokio::sync::Semaphore;

use super::hash::{COST, HashError, hash, is_weaker, verify};
use super::typed::Password;
use crate::error::Error;
use crate::refresh_token;

/// How many more may wait for each that is being hashed; beyond, callers are told to come back.
const QUEUE: usize = 32;

/// Hashes and verifies for callers who wait.
pub struct Passwords {
    /// For those who log in where they have been before, and for administrators who set a password.
    known: Queue,
    /// For all others. However many they are, they do not get in the way of the former.
    unknown: Queue,
    /// What is verified where there is no password, so that it takes as long.
    dummy_hash: Arc<PasswordHash>,
}

impl Passwords {
    /// Lets at most `at_once` be hashed at a time for unknown addresses, and as many for others. Each takes
    /// 19 MiB.
    ///
    /// # Errors
    /// [`HashError`] when hashing does not work here.
    pub fn new(at_once: usize) -> Result<Self, HashError> {
        let secret = refresh_token::draw().map_err(|error| HashError(error.to_string()))?;
        let dummy_hash = hash(&Password::choose(&secret).map_err(HashError)?)?;
        Ok(Self {
            known: Queue::new(at_once),
            unknown: Queue::new(at_once),
            dummy_hash: Arc::new(dummy_hash),
        })
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// [`Error::TooManyLogins`] when the queue is full; [`Error::Internal`] when hashing failed.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, Error> {
        self.known.run(move || hash(&password)).await
    }

    /// Whether `password` is the one that was hashed. Without a hash it takes as long and is not. With
    /// `is_known`, the caller's address is one where somebody has logged in to the account before.
    ///
    /// # Errors
    /// As [`Passwords::hash`].
    pub async fn verify(
        &self,
        password: Password,
        stored: Option<PasswordHash>,
        is_known: bool,
    ) -> Result<bool, Error> {
        let dummy = Arc::clone(&self.dummy_hash);
        let queue = if is_known { &self.known } else { &self.unknown };
        let job = move || {
            let exists = stored.is_some();
            Ok(verify(&password, stored.as_ref().unwrap_or(&dummy))? && exists)
        };
        queue.run(job).await
    }
}

/// Whether a stored hash is weaker than one that [`Passwords::hash`] makes.
pub(crate) fn is_outdated(stored: &PasswordHash) -> bool {
    is_weaker(stored, COST)
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

    async fn run<T, F>(&self, job: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, HashError> + Send + 'static,
    {
        let _admitted = self.admitted.try_acquire().map_err(|_| Error::TooManyLogins)?;
        let _running = self.running.acquire().await.map_err(|error| Error::Internal(error.to_string()))?;
        match tokio::task::spawn_blocking(job).await {
            Ok(result) => result.map_err(|error| Error::Internal(error.to_string())),
            Err(error) => Err(Error::Internal(format!("hashing a password: {error}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::claim(text).expect("short")
    }

    #[tokio::test]
    async fn nobody_has_a_password() {
        let passwords = Passwords::new(1).expect("made");
        let stored = passwords.hash(password("correct horse")).await.expect("hashed");
        assert!(passwords.verify(password("correct horse"), Some(stored), false).await.expect("verified"));
        assert!(!passwords.verify(password("correct horse"), None, false).await.expect("verified"));
    }

    #[tokio::test]
    async fn a_full_queue_sends_unknown_addresses_away() {
        let passwords = Passwords::new(1).expect("made");
        let _others = passwords.unknown.admitted.acquire_many(u32::try_from(QUEUE + 1).expect("few")).await;
        let refused = passwords.verify(password("correct horse"), None, false).await.expect_err("full");
        assert!(matches!(refused, Error::TooManyLogins), "{refused:?}");
        assert!(!passwords.verify(password("correct horse"), None, true).await.expect("has a queue"));
    }
}
