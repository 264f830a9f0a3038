//! Encryption keys and data keys.

use diesel::prelude::*;
use support_domain::id::UserId;
use support_domain::port::StoreResult;

use crate::crypto::{ColumnCrypto, DataKey, EncryptionKey, Keyring};
use crate::schema::{data_keys, encryption_keys};
use crate::types::DbId;

/// A row of `encryption_keys`.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = encryption_keys, treat_none_as_default_value = false)]
pub(crate) struct EncryptionKeyRow {
    pub(crate) id: i32,
    pub(crate) sealed: Vec<u8>,
    pub(crate) in_use: bool,
}

impl EncryptionKeyRow {
    /// A new key with this number.
    pub(crate) fn draw(crypto: &ColumnCrypto, id: i32, in_use: bool) -> StoreResult<Self> {
        let sealed = EncryptionKey::draw(crypto.wrapping(), id)?;
        Ok(Self { id, sealed, in_use })
    }

    /// The key of this row; `None` if the master key is not the one that sealed it.
    pub(crate) fn open(&self, crypto: &ColumnCrypto) -> Option<EncryptionKey> {
        EncryptionKey::open(crypto.wrapping(), self.id, &self.sealed).ok()
    }
}

/// A row of `data_keys`.
#[derive(AsChangeset, Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = data_keys, primary_key(owner_id), treat_none_as_default_value = false)]
pub(crate) struct DataKeyRow {
    pub(crate) owner_id: DbId<UserId>,
    pub(crate) generation: i32,
    pub(crate) encryption_key: i32,
    pub(crate) sealed: Vec<u8>,
}

impl DataKeyRow {
    /// The row of `key`, sealed by the encryption key in use.
    pub(crate) fn of(key: &DataKey, keyring: &Keyring) -> StoreResult<Self> {
        let (encryption_key, sealed) = key.sealed(keyring)?;
        Ok(Self { owner_id: DbId(key.owner()), generation: key.generation(), encryption_key, sealed })
    }

    /// The key of this row; `None` if it is damaged.
    pub(crate) fn open(&self, keyring: &Keyring) -> Option<DataKey> {
        keyring.open_data_key(self.owner_id.0, self.generation, self.encryption_key, &self.sealed)
    }
}
