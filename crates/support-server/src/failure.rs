//! Why the program ends: one line for a person, and the exit code.

use std::fmt;

/// A reason to stop, told in one line.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// A mistake in how the program was called or set up, or in what it needs: exit code 2.
    pub(crate) fn new(line: impl Into<String>) -> Self {
        Self(line.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One line, whatever a cause brought along.
        f.write_str(&self.0.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}
