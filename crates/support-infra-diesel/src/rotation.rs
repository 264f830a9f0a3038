//! Rotation: a new encryption key, and every row sealed anew by it, while others use the database.
//!
//! 1. The new key is *announced*: it is there, and nobody uses it. Every process reads the keys again at
//!    least each second ([`KEYRING_AGE`]), so after a while all can open what it seals.
//! 2. It is *put to use*: after a while all processes seal by it alone.
//! 3. Data keys and rows are sealed anew in small transactions. A row that somebody else holds is passed over
//!    and met in the next round; rounds end when nothing is left under another key, but for damaged rows.
//!
//! The key before the new one stays: a process that stood still for long may yet come back with something it
//! sealed. The next rotation removes it. What never changes, the history, is sealed by data keys alone, of
//! which only the seals are made anew.

use std::thread;
use std::time::{Duration, Instant};

use support_domain::error::StoreError;
use support_domain::port::StoreResult;
use uuid::Uuid;

use crate::crypto::{KEYRING_AGE, MasterKey};
use crate::error::OpenError;
use crate::statement::{Sql, Value};
use crate::{Address, Options, postgres, sqlite};

/// How long a new key is given to become known to every process.
const SPREAD: Duration = KEYRING_AGE.saturating_mul(3);
/// Rounds over all rows before rotation gives up on those that others hold all the time.
const ROUNDS: u32 = 20;
/// How long a batch that found the database busy is tried again.
const PATIENCE: Duration = Duration::from_mins(2);

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The number of the new encryption key.
    pub key: i32,
    /// Rows that were sealed anew, data keys among them.
    pub resealed: u64,
    /// Rows that are damaged and were left as they are, each with its table, column and id.
    pub damaged: Vec<String>,
}

/// Why rotation stopped. It can be run again, and goes on where it stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RotationError {
    /// The database could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A statement failed.
    #[error("rotation stopped, and can be run again: {0}")]
    Store(#[from] StoreError),
    /// Some rows were held by others each time.
    #[error("{0} rows were in use each time and are still under the old key; run it again")]
    Held(i64),
}

/// A column of sealed content.
pub(crate) struct Column {
    pub(crate) table: &'static str,
    pub(crate) name: &'static str,
    /// The column that tells its rows apart.
    pub(crate) id: &'static str,
    /// The column with the id of the user whose data key seals it.
    owner: &'static str,
}

/// Every column that is sealed and may change.
const COLUMNS: &[Column] = &[
    Column { table: "users", name: "person", id: "id", owner: "users.id" },
    Column { table: "tickets", name: "customer", id: "id", owner: "tickets.customer_id" },
    Column { table: "tickets", name: "description", id: "id", owner: "tickets.customer_id" },
    Column { table: "tickets", name: "resolution", id: "id", owner: "tickets.customer_id" },
    Column { table: "messages", name: "content", id: "id", owner: OF_TICKET },
    Column { table: "notifications", name: "content", id: "id", owner: OF_TICKET },
    Column { table: "outbox", name: "content", id: "id", owner: OF_TICKET },
    Column { table: "attachments", name: "content", id: "id", owner: OF_TICKET },
    Column { table: "second_factors", name: "secret", id: "user_id", owner: "user_id" },
];
const OF_TICKET: &str = "(SELECT customer_id FROM tickets WHERE id = ticket_id)";

impl Column {
    /// The rows of which the content does not begin with `current`: id, content and owner.
    pub(crate) fn selected(&self, current: &[u8]) -> Sql {
        let Self { table, name, id, owner } = self;
        let mut sql = Sql::text(format!("SELECT {table}.{id}, {table}.{name}, {owner} FROM {table} WHERE "));
        sql.append(&self.is_old(current));
        sql
    }

    /// The number of those rows.
    pub(crate) fn counted(&self, current: &[u8]) -> Sql {
        let mut sql = Sql::text(format!("SELECT count(*) FROM {} WHERE ", self.table));
        sql.append(&self.is_old(current));
        sql
    }

    fn is_old(&self, current: &[u8]) -> Sql {
        let Self { table, name, .. } = self;
        let mut sql = Sql::text(format!("{table}.{name} IS NOT NULL AND substr({table}.{name}, 1, 4) <> "));
        sql.bind(Value::Bytes(current.to_vec()));
        sql
    }
}

/// What a transaction of rotation did.
#[derive(Default)]
pub(crate) struct Batch {
    /// Rows that were looked at; fewer than a full batch when there are no more.
    pub(crate) found: usize,
    /// The last of them.
    pub(crate) last: Option<Uuid>,
    pub(crate) resealed: u64,
    /// Damaged rows, as reports name them.
    pub(crate) damaged: Vec<String>,
}

/// What a database does in rotation, each in a transaction of its own.
pub(crate) trait KeyRotation {
    /// Makes a key known that nobody uses yet; returns its number.
    fn announce(&mut self) -> StoreResult<i32>;
    /// Lets it be used.
    fn put_to_use(&mut self, key: i32) -> StoreResult<()>;
    fn reseal_data_keys(&mut self) -> StoreResult<Batch>;
    fn reseal(&mut self, column: &Column, after: Option<Uuid>) -> StoreResult<Batch>;
    /// Rows of these columns, and data keys, that another key has sealed.
    fn left(&mut self, columns: &[Column]) -> StoreResult<i64>;
    fn remove_keys_before(&mut self, key: i32) -> StoreResult<()>;
}

/// Adds an encryption key to the database at `url` and seals every row anew by it. Takes some seconds, and as
/// long as reading and writing all rows takes; others can use the database meanwhile.
///
/// # Errors
/// [`RotationError`], after which it can be run again.
pub fn rotate_keys(url: &str, master: &MasterKey, options: &Options) -> Result<Rotation, RotationError> {
    match Address::parse(url)? {
        Address::Sqlite(path) => rotate(&mut *sqlite::rotation(path, master, options)?),
        Address::Postgres(url) => rotate(&mut *postgres::rotation(url, master, options)?),
    }
}

fn rotate(database: &mut dyn KeyRotation) -> Result<Rotation, RotationError> {
    let key = patiently(|| database.announce())?;
    thread::sleep(SPREAD);
    patiently(|| database.put_to_use(key))?;
    thread::sleep(SPREAD);
    let mut resealed = 0;
    for _ in 0..ROUNDS {
        let (count, damaged) = round(database)?;
        resealed += count;
        let left = patiently(|| database.left(COLUMNS))?;
        if usize::try_from(left).is_ok_and(|left| left == damaged.len()) {
            if damaged.is_empty() {
                patiently(|| database.remove_keys_before(key - 1))?;
            }
            return Ok(Rotation { key, resealed, damaged });
        }
    }
    Err(RotationError::Held(patiently(|| database.left(COLUMNS))?))
}

/// Seals every row anew that can be had. Returns how many, and which are damaged.
fn round(database: &mut dyn KeyRotation) -> StoreResult<(u64, Vec<String>)> {
    let (mut resealed, mut damaged) = (0, Vec::new());
    loop {
        let batch = gently(|| database.reseal_data_keys())?;
        resealed += batch.resealed;
        // Damaged ones would be found again.
        if batch.resealed == 0 {
            damaged.extend(batch.damaged);
            break;
        }
    }
    for column in COLUMNS {
        let mut after = None;
        loop {
            let batch = gently(|| database.reseal(column, after))?;
            resealed += batch.resealed;
            damaged.extend(batch.damaged);
            if batch.found == 0 {
                break;
            }
            after = batch.last;
        }
    }
    Ok((resealed, damaged))
}

/// Leaves the database to others for as long as the work took.
fn gently<T>(work: impl FnMut() -> StoreResult<T>) -> StoreResult<T> {
    let begun = Instant::now();
    let done = patiently(work);
    thread::sleep(begun.elapsed().min(Duration::from_millis(200)));
    done
}

/// Tries again while the database is busy.
fn patiently<T>(mut work: impl FnMut() -> StoreResult<T>) -> StoreResult<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match work() {
            Err(StoreError::Unavailable) if Instant::now() < deadline => {
                thread::sleep(Duration::from_millis(50));
            }
            done => return done,
        }
    }
}
