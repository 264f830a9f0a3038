use std::error::Error as _;
use std::fmt;
use std::process::{Command, ExitStatus, Output, Stdio};

/// Why a test could not get what it asked for. The text is meant for the person who reads a failed test.
#[derive(thiserror::Error)]
pub enum Error {
    /// The operating system refused.
    #[error("failed to {doing}")]
    Io {
        /// What was tried, as the rest of "failed to …".
        doing: String,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A program that tests run came back with a failure.
    #[error("{program} ended with {status}: {output}")]
    Program {
        /// The program's name.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// What it had to say.
        output: String,
    },
    /// A template database could not be prepared.
    #[error("failed to prepare the template database {name}")]
    Prepare {
        /// The template's name.
        name: String,
        /// The caller's reason.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Something that the test relies on is not there, or not for it to use.
    #[error("{0}")]
    Missing(String),
    /// A deadline passed. Deadlines only turn a hang into a failure; none of them measures speed.
    #[error("gave up waiting until {awaited}")]
    TimedOut {
        /// What did not happen, as the rest of "until …".
        awaited: String,
    },
    /// The server ended before it was ready, or did not end as it should.
    #[error("support-server {what}; its output:\n{log}")]
    Server {
        /// What it did.
        what: String,
        /// Everything it has printed.
        log: String,
    },
    /// A request got no response at all.
    #[error("failed to request {request}")]
    Http {
        /// Method and address.
        request: String,
        /// The client's reason.
        source: Box<ureq::Error>,
    },
    /// A response is not what the caller took it for.
    #[error("unexpected response: {0}")]
    Response(String),
}

/// What `unwrap` prints when a test fails: the sentence and its causes, with line breaks left as they are.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

/// Names what was being done when an [`std::io::Error`] came up.
pub(crate) trait Doing<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, Error>;
}

impl<T> Doing<T> for std::io::Result<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, Error> {
        self.map_err(|source| Error::Io { doing: what(), source })
    }
}

/// Runs a command to its end and returns what it printed to standard output.
pub(crate) fn run(command: &mut Command) -> Result<String, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    let Output { status, stdout, stderr } =
        command.stdin(Stdio::null()).output().doing(|| format!("run {program}"))?;
    let stdout = String::from_utf8_lossy(&stdout).into_owned();
    if status.success() {
        return Ok(stdout);
    }
    let output = format!("{}{stdout}", String::from_utf8_lossy(&stderr));
    Err(Error::Program { program, status, output: output.trim().to_owned() })
}
