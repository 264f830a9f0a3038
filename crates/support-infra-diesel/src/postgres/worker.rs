//! The threads that run transactions.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam_channel::Receiver;
use diesel::connection::SimpleConnection;
use diesel::r2d2::Pool;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use support_domain::error::StoreError;

use super::connection::{Manager, Session};
use super::queries::Tx;
use crate::crypto::ColumnCrypto;
use crate::error::{Fault, translate};
use crate::job::Undone;
use crate::work::{Access, Outcome, Task};

/// How long to wait before a second attempt; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
/// The longest wait.
const LAST_PAUSE: Duration = Duration::from_millis(200);

/// Runs the tasks of a queue.
pub(super) struct Worker {
    pool: Pool<Manager>,
    attempts: u32,
    crypto: Arc<ColumnCrypto>,
    /// Draws pauses, so that losers of one race do not meet again.
    jitter: StdRng,
}

/// How an attempt ended.
enum Ended {
    /// For good.
    Done(Result<(), Undone>),
    /// It lost a deadlock or a race.
    Lost,
    /// The connection broke before the commit.
    Disconnected,
}

impl Worker {
    /// The worker with this number, which tries a transaction at most `attempts` times.
    pub(super) fn new(pool: Pool<Manager>, number: u32, attempts: u32, crypto: Arc<ColumnCrypto>) -> Self {
        Self { pool, attempts: attempts.max(1), crypto, jitter: StdRng::seed_from_u64(number.into()) }
    }

    /// Runs tasks until the queue is closed and empty.
    pub(super) fn run(mut self, tasks: &Receiver<Task>) {
        while let Ok(mut task) = tasks.recv() {
            if !task.is_abandoned() {
                let result = self.transact(&mut task);
                task.answer(result);
            }
        }
    }

    /// Runs one task, again if it lost to another, and on new connections if old ones broke: they break
    /// together, when the server restarts, so there may be as many as the pool holds.
    fn transact(&mut self, task: &mut Task) -> Result<(), Undone> {
        let (mut lost, mut broken) = (0, 0);
        while lost < self.attempts && broken <= self.pool.max_size() {
            let Ok(mut session) = self.pool.get() else { break };
            match attempt_once(&mut session, task, &self.crypto) {
                Ended::Done(result) => return result,
                Ended::Disconnected => {
                    session.broken = true;
                    broken += 1;
                }
                Ended::Lost => {
                    drop(session);
                    thread::sleep(self.pause(lost));
                    lost += 1;
                }
            }
        }
        Err(StoreError::Unavailable.into())
    }

    /// Between half and all of a pause that doubles with each attempt.
    fn pause(&mut self, attempt: u32) -> Duration {
        let whole = FIRST_PAUSE.saturating_mul(1 << attempt.min(10)).min(LAST_PAUSE);
        self.jitter.random_range(whole / 2..=whole)
    }
}

fn attempt_once(session: &mut Session, task: &mut Task, crypto: &ColumnCrypto) -> Ended {
    let begin = match task.access {
        Access::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        Access::Write => "BEGIN ISOLATION LEVEL READ COMMITTED",
    };
    if session.conn.batch_execute(begin).is_err() {
        return Ended::Disconnected;
    }
    let access = task.access;
    let conn = &mut session.conn;
    let Outcome { result, fault, replaced_key } =
        task.attempt(|job| Tx::new(conn, access, crypto).carry_out(job));
    if fault == Some(Fault::Broken) {
        return Ended::Disconnected;
    }
    if result.is_ok() {
        let ended = commit(session);
        if replaced_key {
            crypto.forget_all();
        }
        return ended;
    }
    session.broken = session.conn.batch_execute("ROLLBACK").is_err();
    if fault == Some(Fault::Retry) { Ended::Lost } else { Ended::Done(result) }
}

fn commit(session: &mut Session) -> Ended {
    let Err(error) = session.conn.batch_execute("COMMIT") else { return Ended::Done(Ok(())) };
    match translate(error) {
        (Fault::Retry, _) => Ended::Lost,
        // Whether it was done is not known, so it is not tried again.
        (Fault::Broken, error) => {
            session.broken = true;
            Ended::Done(Err(error.into()))
        }
        (Fault::Failed, error) => {
            session.broken = session.conn.batch_execute("ROLLBACK").is_err();
            Ended::Done(Err(error.into()))
        }
    }
}
