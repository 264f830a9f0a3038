//! Scripts under `tests/clients`: the desk's clients as other people write them.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::workspace;

/// A script of Node.js with these arguments. It is run by the Node.js that `make` installed, where the
/// machine's own is missing or too old.
///
/// # Panics
/// When what it needs is not installed.
#[must_use]
#[track_caller]
pub fn node<S: AsRef<OsStr>>(script: &str, arguments: impl IntoIterator<Item = S>) -> Command {
    let clients = workspace().join("tests/clients");
    assert!(clients.join("node_modules/installed").is_file(), "`make tools` installs the clients of Node.js");
    let installed = workspace().join(".tools/node/bin/node");
    let mut command = Command::new(if installed.is_file() { installed } else { "node".into() });
    command.arg("--test-reporter=spec").arg(script).args(arguments).current_dir(clients);
    command
}

/// A script of Python with this argument.
///
/// # Panics
/// When what it needs is not installed.
#[must_use]
#[track_caller]
pub fn python(script: &str, argument: &Value) -> Command {
    let python = workspace().join(".tools/venv/bin/python");
    assert!(python.is_file(), "`make tools` installs the clients of Python");
    let mut command = Command::new(python);
    command.arg(script).arg(argument.to_string()).current_dir(workspace().join("tests/clients"));
    command
}

/// Runs a script to its end, which must be a success.
///
/// # Panics
/// With all that it printed, when it fails.
#[track_caller]
pub fn succeeds(mut script: Command) {
    let output = match script.stdin(Stdio::null()).output() {
        Ok(output) => output,
        Err(error) => panic!("failed to start {script:?}: {error}"),
    };
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "the script ended with {}:\n{stdout}{stderr}", output.status);
}

/// A script that says how far it is and is told what happens meanwhile, both in lines. Dropping it kills it.
#[derive(Debug)]
pub struct Dialogue {
    child: Child,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Dialogue {
    /// Starts a script. What it prints to standard error is the test's own.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    #[track_caller]
    pub fn start(mut script: Command) -> Self {
        let mut child = match script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() {
            Ok(child) => child,
            Err(error) => panic!("failed to start {script:?}: {error}"),
        };
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Self { child, input, lines: BufReader::new(output).lines() },
            _ => unreachable!("both are piped"),
        }
    }

    /// The next line that it prints, in two: a word, and a value in JSON. `None` once it has ended.
    ///
    /// # Panics
    /// When the line is another one.
    #[track_caller]
    pub fn hear(&mut self) -> Option<(String, Value)> {
        let line =
            self.lines.next()?.unwrap_or_else(|error| panic!("failed to read what a script prints: {error}"));
        let parsed =
            line.split_once(' ').and_then(|(word, json)| Some((word, serde_json::from_str(json).ok()?)));
        let (word, value) = parsed.unwrap_or_else(|| panic!("a script printed {line}"));
        Some((word.to_owned(), value))
    }

    /// Tells it a line. One that has ended does not hear it.
    pub fn tell(&mut self, line: &str) {
        let _ = writeln!(self.input, "{line}");
    }

    /// Whether it ended with success; waits until it ends.
    #[must_use]
    pub fn has_succeeded(mut self) -> bool {
        self.child.wait().is_ok_and(|status| status.success())
    }
}

impl Drop for Dialogue {
    fn drop(&mut self) {
        // Both only fail for a child that has ended and was waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
