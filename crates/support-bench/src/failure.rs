//! Why a measurement has no result: a text for a person.

use std::error::Error;
use std::fmt;

/// The result of everything here that can fail.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// A reason to give up.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// A reason in words.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The same, said of something.
    pub(crate) fn of(self, what: &str) -> Self {
        Self(format!("{what}: {self}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An error and its causes. [`Failure`] is no error itself, so that this can be for all of them.
impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        Self(text)
    }
}
