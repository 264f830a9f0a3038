//! The one thread that writes. Transactions that wait when it is free share a commit, and so one wait for the
//! disk: each runs in a savepoint of its own, and their callers are answered behind the commit.

use crossbeam_channel::Receiver;
use diesel::connection::SimpleConnection;
use support_domain::error::StoreError;

use super::dialect::Connection;
use super::queries::Tx;
use crate::crypto::ColumnCrypto;
use crate::job::Undone;
use crate::work::{Access, Outcome, Task};

/// Runs the tasks of a queue until it is closed and empty, at most `group` of them in one commit.
pub(super) fn run(mut conn: Connection, tasks: &Receiver<Task>, group: usize, crypto: &ColumnCrypto) {
    while let Ok(first) = tasks.recv() {
        let waiting = std::iter::once(first).chain(tasks.try_iter()).take(group);
        for (task, result) in commit_together(&mut conn, waiting, crypto) {
            task.answer(result);
        }
    }
}

/// Runs `tasks` in one transaction and returns how each ended.
fn commit_together(
    conn: &mut Connection,
    tasks: impl Iterator<Item = Task>,
    crypto: &ColumnCrypto,
) -> Vec<(Task, Result<(), Undone>)> {
    let mut begun = conn.batch_execute("BEGIN IMMEDIATE").is_ok();
    let mut ended = Vec::new();
    let mut replaced_key = false;
    for mut task in tasks {
        if task.is_abandoned() {
            continue;
        }
        let result = if begun { run_in_savepoint(conn, &mut task, crypto) } else { Err(TransactionAborted) };
        let result = result.map(|outcome| {
            replaced_key |= outcome.replaced_key;
            outcome.result
        });
        // The whole transaction can be lost, such as by a full disk.
        begun &= result.is_ok();
        ended.push((task, result.unwrap_or_else(|TransactionAborted| Err(StoreError::Unavailable.into()))));
    }
    if begun && conn.batch_execute("COMMIT").is_ok() {
        if replaced_key {
            crypto.forget_all();
            // The log still has the destroyed key. What readers hold of it is cleared with a later
            // checkpoint.
            let _partly = conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        return ended;
    }
    // Nothing is durable. Even refusals are withdrawn: they may rest on what others wrote here. Where the
    // transaction has ended by itself there is nothing to roll back.
    let _ended = conn.batch_execute("ROLLBACK");
    ended.into_iter().map(|(task, _)| (task, Err(StoreError::Unavailable.into()))).collect()
}

/// The transaction around a savepoint is no more.
struct TransactionAborted;

/// Runs one task, whose changes stay if it succeeds.
fn run_in_savepoint(
    conn: &mut Connection,
    task: &mut Task,
    crypto: &ColumnCrypto,
) -> Result<Outcome, TransactionAborted> {
    conn.batch_execute("SAVEPOINT task").map_err(|_| TransactionAborted)?;
    let outcome = task.attempt(|job| Tx::new(conn, Access::Write, crypto).carry_out(job));
    let end = if outcome.result.is_ok() { "RELEASE task" } else { "ROLLBACK TO task; RELEASE task" };
    conn.batch_execute(end).map_err(|_| TransactionAborted)?;
    Ok(outcome)
}
