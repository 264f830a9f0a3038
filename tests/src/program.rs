//! The binary's other commands, and servers that are meant to fail.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// No command takes this long; it only turns a hang into a failure.
const DEADLINE: Duration = Duration::from_mins(1);

/// What a program that ended has left.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Its exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// What it printed to standard output.
    pub stdout: String,
    /// What it printed to standard error.
    pub stderr: String,
}

/// Runs a program to its end on this input. One that does not end is killed, and has no exit code.
///
/// # Panics
/// When it cannot be started.
#[must_use]
#[track_caller]
pub fn run(mut command: Command, input: &str) -> Ended {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => panic!("failed to start {command:?}: {error}"),
    };
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read its input may have closed it.
        let _ = stdin.write_all(input.as_bytes());
    }
    let end = Instant::now() + DEADLINE;
    while Instant::now() < end && matches!(child.try_wait(), Ok(None)) {
        std::thread::sleep(Duration::from_millis(10));
    }
    // It fails for a child that has ended, as it should have.
    let _ = child.kill();
    match child.wait_with_output() {
        Ok(output) => Ended {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        },
        Err(error) => panic!("failed to wait for {command:?}: {error}"),
    }
}
