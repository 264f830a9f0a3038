//! Sealing rows by a new encryption key, a batch at a time: see [`crate::rotation`].

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sql_types::{BigInt, Binary, Integer};
use support_domain::error::StoreError;
use support_domain::id::UserId;
use support_domain::port::StoreResult;
use uuid::Uuid;

use super::super::dialect::{self, Connection};
use super::keyring;
use crate::crypto::{ColumnCrypto, DataKey, Keyring, Resealed, Seal};
use crate::error::translate;
use crate::rotation::{Batch, Column, KeyRotation};
use crate::rows::{DataKeyRow, EncryptionKeyRow};
use crate::schema::data_keys;
use crate::statement::{Sql, Value};
use crate::types::{DbId, Id};

/// Rows of one transaction: few enough that nobody waits long for it.
const BATCH: i64 = 100;

/// Rotation of the keys of one database.
pub(in super::super) struct Rotator {
    conn: Connection,
    crypto: ColumnCrypto,
}

impl Rotator {
    /// Rotation by a connection of its own, with column encryption that knows the encryption keys.
    pub(in super::super) const fn new(conn: Connection, crypto: ColumnCrypto) -> Self {
        Self { conn, crypto }
    }

    /// Does `work` in a transaction of its own.
    fn alone<T>(
        &mut self,
        work: impl Fn(&mut Connection, &ColumnCrypto) -> StoreResult<T>,
    ) -> StoreResult<T> {
        let Self { conn, crypto } = self;
        dialect::alone(conn, |conn| work(conn, crypto).map_err(Ended::Store)).map_err(|ended| match ended {
            Ended::Store(error) => error,
            Ended::Database(error) => translate(error).1,
        })
    }
}

/// What ends a transaction early.
enum Ended {
    Store(StoreError),
    Database(DieselError),
}

impl From<DieselError> for Ended {
    fn from(error: DieselError) -> Self {
        Self::Database(error)
    }
}

impl KeyRotation for Rotator {
    fn announce(&mut self) -> StoreResult<i32> {
        self.alone(|conn, crypto| {
            let (id, is_there) = next_key(conn)?;
            if !is_there {
                run(keyring::add(conn, &EncryptionKeyRow::draw(crypto, id, false)?))?;
            }
            Ok(id)
        })
    }

    fn put_to_use(&mut self, key: i32) -> StoreResult<()> {
        self.alone(|conn, crypto| {
            run(keyring::put_to_use(conn, key))?;
            let (keyring, _) = run(keyring::load(conn, crypto))?;
            crypto.adopt(keyring);
            Ok(())
        })
    }

    fn reseal_data_keys(&mut self) -> StoreResult<Batch> {
        self.alone(reseal_data_keys)
    }

    fn reseal(&mut self, column: &Column, after: Option<Uuid>) -> StoreResult<Batch> {
        self.alone(|conn, crypto| reseal(conn, crypto, column, after))
    }

    fn left(&mut self, columns: &[Column]) -> StoreResult<i64> {
        let Self { conn, crypto } = self;
        let keys = data_keys_left(conn, crypto)?;
        columns.iter().try_fold(keys, |sum, column| Ok(sum + left(conn, crypto, column)?))
    }

    fn remove_keys_before(&mut self, key: i32) -> StoreResult<()> {
        self.alone(|conn, _| {
            let mut sql = Sql::text("DELETE FROM encryption_keys WHERE id < ");
            sql.bind(Value::Number(key.into()));
            run(sql.planned::<()>().execute(conn)).map(drop)
        })
    }
}

/// The number that the next encryption key has: one that was announced and never used is taken up again.
fn next_key(conn: &mut Connection) -> StoreResult<(i32, bool)> {
    let sql = Sql::text(
        "SELECT coalesce(max(id), 0), coalesce(max(CASE WHEN in_use THEN id END), 0) FROM encryption_keys",
    );
    let (last, used): (i32, i32) = run(sql.planned::<(Integer, Integer)>().get_result(conn))?;
    Ok(if last > used { (last, true) } else { (last.saturating_add(1), false) })
}

/// Seals data keys by the encryption key in use. Returns how many; fewer than asked for when none is left.
fn reseal_data_keys(conn: &mut Connection, crypto: &ColumnCrypto) -> StoreResult<Batch> {
    let current = crypto.with_keys(Keyring::current);
    let query = dialect::claimed!(
        data_keys::table
            .filter(data_keys::encryption_key.lt(current))
            .order(data_keys::owner_id)
            .limit(BATCH)
            .select(DataKeyRow::as_select())
    );
    let rows: Vec<DataKeyRow> = run(query.load(conn))?;
    let mut batch = Batch { found: rows.len(), ..Batch::default() };
    for row in rows {
        let Some(key) = crypto.with_keys(|keys| row.open(keys)) else {
            batch.damaged.push(format!("data_keys.sealed of row {}", row.owner_id.0));
            continue;
        };
        let new = crypto.with_keys(|keys| DataKeyRow::of(&key, keys))?;
        run(diesel::update(data_keys::table.find(row.owner_id)).set(&new).execute(conn))?;
        batch.resealed += 1;
    }
    Ok(batch)
}

/// Seals the next rows above `after` by the encryption key in use.
fn reseal(
    conn: &mut Connection,
    crypto: &ColumnCrypto,
    column: &Column,
    after: Option<Uuid>,
) -> StoreResult<Batch> {
    let mut sql = column.selected(&current(crypto));
    if let Some(after) = after {
        sql.push(format!(" AND {}.{} > ", column.table, column.id)).bind(Value::id(UserId::new(after)));
    }
    sql.push(format!(
        " ORDER BY {}.{} LIMIT {BATCH}{}",
        column.table,
        column.id,
        dialect::claim(column.table)
    ));
    let rows: Vec<(DbId<UserId>, Vec<u8>, DbId<UserId>)> = run(sql.planned::<(Id, Binary, Id)>().load(conn))?;
    let keys = data_keys_of(conn, crypto, rows.iter().map(|(_, _, owner)| owner.0).collect())?;
    let last = rows.last().map(|(id, _, _)| id.0.uuid());
    let mut batch = Batch { found: rows.len(), last, ..Batch::default() };
    for (DbId(id), sealed, DbId(owner)) in rows {
        let new = keys.get(&owner).map(|key| Seal { crypto, key }.again(column, id.uuid(), &sealed));
        match new.transpose()? {
            Some(Resealed::New(bytes)) => {
                let mut update = Sql::text(format!("UPDATE {} SET {} = ", column.table, column.name));
                update.bind(Value::Bytes(bytes)).push(format!(" WHERE {} = ", column.id)).bind(Value::id(id));
                run(update.prepared::<()>().execute(conn))?;
                batch.resealed += 1;
            }
            Some(Resealed::Damaged) | None => {
                batch.damaged.push(format!("{}.{} of row {id}", column.table, column.name));
            }
        }
    }
    Ok(batch)
}

/// How many rows of a column another encryption key than the one in use has sealed.
fn left(conn: &mut Connection, crypto: &ColumnCrypto, column: &Column) -> StoreResult<i64> {
    let sql = column.counted(&current(crypto));
    run(sql.planned::<BigInt>().get_result(conn))
}

/// How many data keys another encryption key than the one in use has sealed.
fn data_keys_left(conn: &mut Connection, crypto: &ColumnCrypto) -> StoreResult<i64> {
    let current = crypto.with_keys(Keyring::current);
    let query = data_keys::table.filter(data_keys::encryption_key.lt(current)).count();
    run(query.get_result(conn))
}

/// How what the encryption key in use seals begins.
fn current(crypto: &ColumnCrypto) -> Vec<u8> {
    crypto.with_keys(Keyring::current).to_be_bytes().to_vec()
}

fn data_keys_of(
    conn: &mut Connection,
    crypto: &ColumnCrypto,
    owners: BTreeSet<UserId>,
) -> StoreResult<HashMap<UserId, DataKey>> {
    if owners.is_empty() {
        return Ok(HashMap::new());
    }
    let query = data_keys::table
        .filter(data_keys::owner_id.eq_any(owners.into_iter().map(DbId)))
        .select(DataKeyRow::as_select());
    let rows: Vec<DataKeyRow> = run(query.load(conn))?;
    let open = |row: &DataKeyRow| crypto.with_keys(|keys| Some((row.owner_id.0, row.open(keys)?)));
    Ok(rows.iter().filter_map(open).collect())
}

fn run<T>(result: QueryResult<T>) -> StoreResult<T> {
    result.map_err(|error| translate(error).1)
}
