//! The encryption keys of a database.

use diesel::prelude::*;
use diesel::result::Error as DieselError;
use support_domain::error::StoreError;

use super::super::dialect::Connection;
use crate::crypto::{ColumnCrypto, Keyring};
use crate::error::{OpenError, one_line};
use crate::rows::EncryptionKeyRow;
use crate::schema::encryption_keys;

/// The encryption keys, and whether all of them could be opened.
pub(in super::super) fn load(conn: &mut Connection, crypto: &ColumnCrypto) -> QueryResult<(Keyring, bool)> {
    let query = encryption_keys::table.order(encryption_keys::id).select(EncryptionKeyRow::as_select());
    let rows: Vec<EncryptionKeyRow> = query.load(conn)?;
    let mut keyring = Keyring::default();
    let mut is_whole = true;
    for row in rows {
        match row.open(crypto) {
            Some(key) => keyring.add(row.id, key, row.in_use),
            None => is_whole = false,
        }
    }
    Ok((keyring, is_whole))
}

/// Adds an encryption key.
pub(in super::super) fn add(conn: &mut Connection, row: &EncryptionKeyRow) -> QueryResult<()> {
    diesel::insert_into(encryption_keys::table).values(row).execute(conn).map(drop)
}

/// Lets an encryption key be used.
pub(in super::super) fn put_to_use(conn: &mut Connection, id: i32) -> QueryResult<()> {
    diesel::update(encryption_keys::table.find(id))
        .set(encryption_keys::in_use.eq(true))
        .execute(conn)
        .map(drop)
}

/// Reads the encryption keys into `crypto`, and makes the first one of a new database. The caller holds a
/// lock against others who do the same.
pub(in super::super) fn prepare(conn: &mut Connection, crypto: &ColumnCrypto) -> Result<(), OpenError> {
    let failed = |error: DieselError| OpenError::Failed { reason: one_line(&error.to_string()) };
    let (keyring, is_whole) = load(conn, crypto).map_err(|error| {
        // Either database names the table that it does not have.
        let is_missing = error.to_string().contains("encryption_keys");
        if is_missing { OpenError::Unencrypted } else { failed(error) }
    })?;
    if !is_whole {
        return Err(OpenError::WrongKey);
    }
    if keyring.current() == 0 {
        let refused = |error: StoreError| OpenError::Failed { reason: error.to_string() };
        add(conn, &EncryptionKeyRow::draw(crypto, 1, true).map_err(refused)?).map_err(failed)?;
        let (keyring, _) = load(conn, crypto).map_err(failed)?;
        crypto.adopt(keyring);
    } else {
        crypto.adopt(keyring);
    }
    Ok(())
}
