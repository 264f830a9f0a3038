//! Data keys, and what they seal.
//!
//! What is sealed begins with the number of the encryption key (0 where the data key alone seals) and the
//! generation of the data key (32 bits each, big-endian), followed by nonce, ciphertext and tag. The table,
//! the column, the row's id and these two numbers are authenticated with it: nothing can be moved elsewhere.

use std::sync::Arc;
use std::time::Instant;

use support_crypto::{Secret, derive};
use support_domain::error::StoreError;
use support_domain::id::UserId;
use support_domain::port::StoreResult;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::cipher;
use super::{ColumnCrypto, Keyring, content};
use crate::rotation::Column;
use crate::rows::CellRef;

/// Bytes before the nonce.
const HEADER: usize = 8;

/// Whether what is sealed can be sealed anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    /// It may change, and rotation seals it by a new encryption key.
    Changing,
    /// It never changes.
    Lasting,
}

/// A user's data key.
#[derive(Clone)]
pub(crate) struct DataKey(Arc<CellParts>);

struct CellParts {
    owner: UserId,
    generation: i32,
    secret: Secret,
    /// The key for what never changes.
    lasting: Secret,
    /// The encryption key in use when this was read, if one was known, and the key for rows that comes from
    /// it.
    changing: Option<(i32, Secret)>,
    read_at: Instant,
}

impl DataKey {
    /// A new key for `owner`, of this generation.
    pub(crate) fn draw(owner: UserId, generation: i32, keyring: &Keyring) -> StoreResult<Self> {
        Ok(Self::new(owner, generation, cipher::draw()?, keyring))
    }

    pub(super) fn new(owner: UserId, generation: i32, secret: Secret, keyring: &Keyring) -> Self {
        let current = keyring.current();
        let changing = keyring.find(current).map(|key| (current, key.row_key(owner, &secret)));
        Self(Arc::new(CellParts {
            owner,
            generation,
            lasting: derive(secret.as_slice(), b"support: lasting rows"),
            changing,
            secret,
            read_at: Instant::now(),
        }))
    }

    /// Whose it is.
    pub(crate) fn owner(&self) -> UserId {
        self.0.owner
    }

    /// How often their key was replaced before it.
    pub(crate) fn generation(&self) -> i32 {
        self.0.generation
    }

    pub(super) fn read_at(&self) -> Instant {
        self.0.read_at
    }

    /// The key sealed for its row by the encryption key in use: that key's number, and the bytes.
    pub(crate) fn sealed(&self, keyring: &Keyring) -> StoreResult<(i32, Vec<u8>)> {
        let current = keyring.current();
        let place = Self::place(self.0.owner, self.0.generation, current);
        let key = keyring.find(current).ok_or_else(no_encryption_key)?;
        Ok((current, key.seal_data_key(&place, &self.0.secret)?))
    }

    pub(super) fn place(owner: UserId, generation: i32, encryption_key: i32) -> Vec<u8> {
        let mut place = b"data_keys\0sealed\0".to_vec();
        place.extend_from_slice(owner.uuid().as_bytes());
        place.extend_from_slice(&generation.to_be_bytes());
        place.extend_from_slice(&encryption_key.to_be_bytes());
        place
    }
}

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DataKey").field("generation", &self.0.generation).finish_non_exhaustive()
    }
}

/// What was read of a sealed column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content<const N: usize> {
    /// Its texts.
    Known([Option<String>; N]),
    /// It was sealed by a key that has been destroyed.
    Erased,
}

/// A row's content under the encryption key in use.
pub(crate) enum Resealed {
    New(Vec<u8>),
    /// It is not what was sealed, and stays as it is.
    Damaged,
}

/// What seals and opens the rows of one owner.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seal<'a> {
    pub(crate) crypto: &'a ColumnCrypto,
    pub(crate) key: &'a DataKey,
}

impl Seal<'_> {
    /// Seals `texts` for `column` of the row at `place`.
    pub(crate) fn write(
        &self,
        place: &CellRef<'_>,
        column: &'static str,
        life: Life,
        texts: &[Option<&str>],
    ) -> StoreResult<Vec<u8>> {
        self.sealed(place, column, life, &content::encode(texts))
    }

    fn sealed(
        &self,
        place: &CellRef<'_>,
        column: &'static str,
        life: Life,
        plain: &[u8],
    ) -> StoreResult<Vec<u8>> {
        let CellParts { generation, lasting, .. } = &*self.key.0;
        let (id, key) = match life {
            Life::Lasting => (0, lasting.clone()),
            Life::Changing => {
                let current = self.crypto.with_keys(Keyring::current);
                (current, self.row_key(current).ok_or_else(no_encryption_key)?)
            }
        };
        let mut sealed = [id.to_be_bytes(), generation.to_be_bytes()].concat();
        let bound = bound(place, column, &sealed);
        cipher::seal(&key, &bound, plain, &mut sealed)?;
        Ok(sealed)
    }

    /// Opens what [`Seal::write`] sealed for the same place.
    ///
    /// # Errors
    /// [`support_domain::error::StoreError::Corrupt`] if it is not that.
    pub(crate) fn read<const N: usize>(
        &self,
        place: &CellRef<'_>,
        column: &'static str,
        life: Life,
        sealed: &[u8],
    ) -> StoreResult<Content<N>> {
        let Some(plain) = self.opened(place, column, life, sealed)? else { return Ok(Content::Erased) };
        content::decode(&plain).map(Content::Known).ok_or_else(|| place.damaged(column))
    }

    /// The bytes that were sealed; `None` if they were erased.
    fn opened(
        &self,
        place: &CellRef<'_>,
        column: &'static str,
        life: Life,
        sealed: &[u8],
    ) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
        let damaged = || place.damaged(column);
        let (id, generation) = header(sealed).ok_or_else(damaged)?;
        let key = &self.key.0;
        if (life == Life::Lasting) != (id == 0) || generation > key.generation {
            return Err(damaged());
        }
        if generation < key.generation {
            return Ok(None);
        }
        let (header, rest) = sealed.split_at_checked(HEADER).ok_or_else(damaged)?;
        let bound = bound(place, column, header);
        let opened = match life {
            Life::Lasting => cipher::open(&key.lasting, &bound, rest),
            Life::Changing => cipher::open(&self.row_key(id).ok_or_else(damaged)?, &bound, rest),
        };
        opened.map(Some).map_err(|_| damaged())
    }

    /// Seals the content of a row that may change by the encryption key in use. What was erased loses what is
    /// left of it.
    pub(crate) fn again(&self, column: &Column, row: Uuid, sealed: &[u8]) -> StoreResult<Resealed> {
        let place = CellRef { table: column.table, row: &row };
        let opened = match self.opened(&place, column.name, Life::Changing, sealed) {
            Err(StoreError::Corrupt { .. }) => return Ok(Resealed::Damaged),
            opened => opened?,
        };
        let Some(plain) = opened else {
            let current = self.crypto.with_keys(Keyring::current);
            let generation = header(sealed).map_or(0, |(_, generation)| generation);
            return Ok(Resealed::New([current.to_be_bytes(), generation.to_be_bytes()].concat()));
        };
        self.sealed(&place, column.name, Life::Changing, &plain).map(Resealed::New)
    }

    /// The key for the owner's rows that comes from the encryption key with this number.
    fn row_key(&self, id: i32) -> Option<Secret> {
        match &self.key.0.changing {
            Some((known, key)) if *known == id => Some(key.clone()),
            _ => self
                .crypto
                .with_keys(|keys| Some(keys.find(id)?.row_key(self.key.owner(), &self.key.0.secret))),
        }
    }
}

/// Whoever has no encryption key, since they have no master key, must not write.
fn no_encryption_key() -> StoreError {
    StoreError::Internal("no encryption key is known".to_owned())
}

/// The number of the encryption key and the generation of the data key that sealed something.
pub(crate) fn header(sealed: &[u8]) -> Option<(i32, i32)> {
    let (id, rest) = sealed.split_first_chunk::<4>()?;
    let (generation, _) = rest.split_first_chunk::<4>()?;
    Some((i32::from_be_bytes(*id), i32::from_be_bytes(*generation)))
}

/// What is authenticated with the content of a column.
fn bound(place: &CellRef<'_>, column: &str, header: &[u8]) -> Vec<u8> {
    let mut bound = format!("{}\0{column}\0{}\0", place.table, place.row).into_bytes();
    bound.extend_from_slice(header);
    bound
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::MasterKey;

    #[test]
    fn nothing_is_sealed_without_an_encryption_key() {
        let crypto = ColumnCrypto::new(&MasterKey::none(), None);
        let owner = UserId::new(Uuid::from_u128(1));
        let key = DataKey::draw(owner, 0, &Keyring::default()).expect("drawn");
        let place = CellRef { table: "users", row: &owner };
        let seal = Seal { crypto: &crypto, key: &key };
        let sealed = seal.write(&place, "person", Life::Changing, &[Some("Ana")]);
        assert_eq!(sealed, Err(no_encryption_key()));
        assert_eq!(key.sealed(&Keyring::default()), Err(no_encryption_key()));
    }
}
