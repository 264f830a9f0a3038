use std::time::{Duration, Instant};

use crate::{Error, Result};

/// How often a condition is looked at. It bounds the delay of a test, never its outcome.
const INTERVAL: Duration = Duration::from_millis(10);

/// Asks again and again until `attempt` has an answer.
///
/// # Errors
/// The attempt's own, at once; [`Error::TimedOut`] when `deadline` passes without an answer.
pub(crate) fn until<T>(
    deadline: Duration,
    awaited: &str,
    mut attempt: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let end = Instant::now() + deadline;
    loop {
        if let Some(answer) = attempt()? {
            return Ok(answer);
        }
        if Instant::now() >= end {
            return Err(Error::TimedOut { awaited: awaited.to_owned() });
        }
        std::thread::sleep(INTERVAL);
    }
}
