//! Encryption keys.

use std::collections::BTreeMap;

use super::cipher::{self, DecryptionFailed};
use super::owner::DataKey;
use support_crypto::{Secret, derive};
use support_domain::id::UserId;
use support_domain::port::StoreResult;

/// An encryption key.
#[derive(Clone)]
pub(crate) struct EncryptionKey {
    /// Seals data keys.
    wrapping: Secret,
    /// Makes the keys that seal rows, together with a data key.
    rows: Secret,
}

impl EncryptionKey {
    /// Draws a key, and seals it by `wrapping` as the one with this number.
    pub(crate) fn draw(wrapping: &Secret, id: i32) -> StoreResult<Vec<u8>> {
        let mut sealed = Vec::new();
        cipher::seal(wrapping, &place(id), cipher::draw()?.as_slice(), &mut sealed)?;
        Ok(sealed)
    }

    /// Opens the key with this number.
    pub(crate) fn open(wrapping: &Secret, id: i32, sealed: &[u8]) -> Result<Self, DecryptionFailed> {
        let key = cipher::open(wrapping, &place(id), sealed)?;
        Ok(Self {
            wrapping: derive(&key, b"support: sealing of data keys"),
            rows: derive(&key, b"support: rows"),
        })
    }

    /// The key for the rows of the owner of `data_key`.
    pub(super) fn row_key(&self, owner: UserId, data_key: &Secret) -> Secret {
        let mut input = zeroize::Zeroizing::new(Vec::with_capacity(80));
        for part in [self.rows.as_slice(), owner.uuid().as_bytes(), data_key.as_slice()] {
            input.extend_from_slice(part);
        }
        derive(&input, b"support: rows of one owner")
    }

    /// Seals a data key.
    pub(super) fn seal_data_key(&self, place: &[u8], data_key: &Secret) -> StoreResult<Vec<u8>> {
        let mut sealed = Vec::new();
        cipher::seal(&self.wrapping, place, data_key.as_slice(), &mut sealed)?;
        Ok(sealed)
    }

    /// Opens a data key.
    pub(super) fn open_data_key(&self, place: &[u8], sealed: &[u8]) -> Result<Secret, DecryptionFailed> {
        let key = cipher::open(&self.wrapping, place, sealed)?;
        key.as_slice().try_into().map(Secret::new).map_err(|_| DecryptionFailed)
    }
}

fn place(id: i32) -> Vec<u8> {
    [b"encryption_keys\0sealed\0".as_slice(), &id.to_be_bytes()].concat()
}

/// The encryption keys of a database, by number.
#[derive(Clone, Default)]
pub(crate) struct Keyring {
    keys: BTreeMap<i32, EncryptionKey>,
    current: i32,
}

impl Keyring {
    /// Adds a key, and says whether it is to be used if it is the newest.
    pub(crate) fn add(&mut self, id: i32, key: EncryptionKey, in_use: bool) {
        self.keys.insert(id, key);
        if in_use {
            self.current = self.current.max(id);
        }
    }

    /// The number of the key that seals; 0 if there is none.
    pub(crate) const fn current(&self) -> i32 {
        self.current
    }

    /// The key with this number.
    pub(crate) fn find(&self, id: i32) -> Option<&EncryptionKey> {
        self.keys.get(&id)
    }

    /// Opens a row of `data_keys`; `None` if it is not what was sealed, or by a key that is not here.
    pub(crate) fn open_data_key(
        &self,
        owner: UserId,
        generation: i32,
        encryption_key: i32,
        sealed: &[u8],
    ) -> Option<DataKey> {
        let place = DataKey::place(owner, generation, encryption_key);
        let secret = self.find(encryption_key)?.open_data_key(&place, sealed).ok()?;
        Some(DataKey::new(owner, generation, secret, self))
    }
}
