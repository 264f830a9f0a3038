//! Personal data at rest (`docs/security.md`, "Personal data").
//!
//! Keys, from the outside in:
//!
//! 1. the *master key*, 32 bytes that the operator keeps apart from the database;
//! 2. *encryption keys*, random and numbered, each sealed in `encryption_keys` by a key that comes from the
//!    master key. The one of those in use with the highest number seals; rotation adds one;
//! 3. *data keys*, random, one for each user, sealed in `data_keys` by a key that comes from an encryption
//!    key.
//!
//! What may change is sealed by a key that comes from an encryption key and a data key together, so that
//! rotation can seal it anew; what can never change, the history, by the data key alone. Erasing somebody
//! replaces their data key: whatever the old one sealed is unreadable from then on, wherever a copy of it
//! lies.
//!
//! Search and look-up go by keyed hashes ([`blind`]), whose key comes from the master key.

mod blind;
mod cache;
mod cipher;
mod content;
mod keyring;
mod owner;

use std::sync::{Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use support_crypto::{Secret, derive};
use support_domain::id::UserId;
use zeroize::Zeroizing;

use cache::OwnerCache;
pub(crate) use keyring::{EncryptionKey, Keyring};
pub(crate) use owner::{Content, DataKey, Life, Resealed, Seal};

pub(crate) use blind::BlindIndex;

/// How old what a process knows of the encryption keys may be. Rotation waits several times as long before it
/// relies on a new key being used everywhere.
pub(crate) const KEYRING_AGE: Duration = Duration::from_secs(1);

/// The key from which all protection of personal data comes.
#[derive(Clone)]
pub struct MasterKey(Secret);

impl MasterKey {
    /// Stands for the key where there is none: it opens nothing.
    pub(crate) fn none() -> Self {
        Self(Secret::default())
    }

    /// The key of these bytes, which should come from a source of randomness.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// The keys in use by a store, shared by all its threads.
pub(crate) struct ColumnCrypto {
    /// Seals encryption keys.
    wrapping: Secret,
    pub(crate) blind: BlindIndex,
    keyring: RwLock<(Keyring, Instant)>,
    owners: Mutex<OwnerCache>,
}

impl ColumnCrypto {
    /// Column encryption behind `master`, with no encryption key yet. A data key that was read is trusted for
    /// `trusted`, after which it is read again: another node may have replaced it.
    pub(crate) fn new(master: &MasterKey, trusted: Option<Duration>) -> Self {
        Self {
            wrapping: derive(master.0.as_slice(), b"support: sealing of encryption keys"),
            blind: BlindIndex::new(&derive(master.0.as_slice(), b"support: blind index")),
            keyring: RwLock::new((Keyring::default(), Instant::now())),
            owners: Mutex::new(OwnerCache::new(trusted)),
        }
    }

    /// The key that seals encryption keys.
    pub(crate) const fn wrapping(&self) -> &Secret {
        &self.wrapping
    }

    /// Takes the encryption keys as they were just read.
    pub(crate) fn adopt(&self, keyring: Keyring) {
        let mut held = self.keyring.write().unwrap_or_else(PoisonError::into_inner);
        if held.0.current() != keyring.current() {
            // Data keys carry what was derived for the key that was in use.
            self.forget_all();
        }
        *held = (keyring, Instant::now());
    }

    /// Whether the encryption keys were read a while ago.
    pub(crate) fn is_stale(&self) -> bool {
        self.keyring.read().unwrap_or_else(PoisonError::into_inner).1.elapsed() > KEYRING_AGE
    }

    /// Does something with the encryption keys.
    pub(crate) fn with_keys<T>(&self, work: impl FnOnce(&Keyring) -> T) -> T {
        work(&self.keyring.read().unwrap_or_else(PoisonError::into_inner).0)
    }

    /// Counts how often everything was forgotten. What was read before that must not be remembered after it.
    pub(crate) fn epoch(&self) -> u64 {
        self.owners.lock().unwrap_or_else(PoisonError::into_inner).epoch()
    }

    /// The owner's data key, if it was read not long ago.
    pub(crate) fn known(&self, owner: UserId) -> Option<DataKey> {
        self.owners.lock().unwrap_or_else(PoisonError::into_inner).find(owner)
    }

    /// Remembers a data key that a transaction read from the database which began in this epoch.
    pub(crate) fn remember(&self, key: &DataKey, epoch: u64) {
        let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        if owners.epoch() == epoch {
            owners.put(key.clone());
        }
    }

    /// Forgets every data key, since one was replaced.
    pub(crate) fn forget_all(&self) {
        self.owners.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl std::fmt::Debug for ColumnCrypto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ColumnCrypto").finish_non_exhaustive()
    }
}
