//! What the heavy tests share: a staffed desk, the wire as they read it, and the checks of a desk's books.
//!
//! The checks answer what is wrong as sentences and do not panic, so that one run tells of every fault.

pub mod books;
pub mod history;
pub mod pages;
pub mod stage;
pub mod wire;

use std::thread;
use std::time::{Duration, Instant};

use support_testkit::{Error, Result};

/// How often a condition is looked at. It bounds the delay of a test, never its outcome.
const INTERVAL: Duration = Duration::from_millis(10);
/// Passing it is a hang, not slowness.
const DEADLINE: Duration = Duration::from_mins(2);

/// Asks again and again until `holds`.
///
/// # Errors
/// [`Error::TimedOut`] when it does not for so long that it never will.
pub fn wait_until(awaited: &str, mut holds: impl FnMut() -> bool) -> Result<()> {
    let end = Instant::now() + DEADLINE;
    while !holds() {
        if Instant::now() >= end {
            return Err(Error::TimedOut { awaited: awaited.to_owned() });
        }
        thread::sleep(INTERVAL);
    }
    Ok(())
}

/// Works on all items with a few threads, each with what `tool` makes for it, and collects the answers in
/// order.
///
/// # Panics
/// When `work` does.
pub fn in_parallel<T: Sync, U, R: Send>(
    items: &[T],
    tool: impl Fn() -> U + Sync,
    work: impl Fn(&U, &T) -> R + Sync,
) -> Vec<R> {
    const THREADS: usize = 4;
    let size = items.len().div_ceil(THREADS).max(1);
    let one = |items: &[T]| {
        let tool = tool();
        items.iter().map(|item| work(&tool, item)).collect::<Vec<R>>()
    };
    thread::scope(|scope| {
        let threads: Vec<_> = items.chunks(size).map(|items| scope.spawn(move || one(items))).collect();
        let joined = threads.into_iter().map(thread::ScopedJoinHandle::join);
        joined.flat_map(|answers| answers.unwrap_or_else(|cause| std::panic::resume_unwind(cause))).collect()
    })
}
