//! The threads that read, each on a connection of its own, on the state that was committed when they began.

use crossbeam_channel::Receiver;
use diesel::SqliteConnection;
use diesel::connection::SimpleConnection;
use diesel::r2d2::{ConnectionManager, Pool};
use support_domain::error::{Error, StoreError};

use super::queries::Tx;
use crate::work::{Access, Task};

/// Runs the tasks of a queue until it is closed and empty.
pub(super) fn run(pool: &Pool<ConnectionManager<SqliteConnection>>, tasks: &Receiver<Task>) {
    while let Ok(mut task) = tasks.recv() {
        if !task.is_abandoned() {
            let result = read(pool, &mut task);
            task.answer(result);
        }
    }
}

fn read(pool: &Pool<ConnectionManager<SqliteConnection>>, task: &mut Task) -> Result<(), Error> {
    let mut conn = pool.get().map_err(|_| StoreError::Unavailable)?;
    conn.batch_execute("BEGIN").map_err(|_| StoreError::Unavailable)?;
    let result = task.attempt(|job| Tx::new(&mut conn, Access::Read).carry_out(job).0);
    // Nothing was changed; a failure here shows at the next BEGIN.
    let _ended = conn.batch_execute("ROLLBACK");
    result
}
