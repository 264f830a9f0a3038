//! The threads that read, each on a connection of its own, on the state that was committed when they began.

use crossbeam_channel::Receiver;
use diesel::SqliteConnection;
use diesel::connection::SimpleConnection;
use diesel::r2d2::{ConnectionManager, Pool};
use support_domain::error::StoreError;

use super::queries::Tx;
use crate::crypto::ColumnCrypto;
use crate::job::Undone;
use crate::work::{Access, Task};

/// Runs the tasks of a queue until it is closed and empty.
pub(super) fn run(
    pool: &Pool<ConnectionManager<SqliteConnection>>,
    tasks: &Receiver<Task>,
    crypto: &ColumnCrypto,
) {
    while let Ok(mut task) = tasks.recv() {
        if !task.is_abandoned() {
            let result = read(pool, &mut task, crypto);
            task.answer(result);
        }
    }
}

fn read(
    pool: &Pool<ConnectionManager<SqliteConnection>>,
    task: &mut Task,
    crypto: &ColumnCrypto,
) -> Result<(), Undone> {
    let mut conn = pool.get().map_err(|_| StoreError::Unavailable)?;
    conn.batch_execute("BEGIN").map_err(|_| StoreError::Unavailable)?;
    let outcome = task.attempt(|job| Tx::new(&mut conn, Access::Read, crypto).carry_out(job));
    // Nothing was changed; a failure here shows at the next BEGIN.
    let _ended = conn.batch_execute("ROLLBACK");
    outcome.result
}
