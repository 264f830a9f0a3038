//! Faults in the demo data, or in playing it.

use support_domain::error::Error;

use crate::failure::Failure;

#[expect(clippy::needless_pass_by_value, reason = "fits `map_err`")]
pub(super) fn failed(error: Error) -> Failure {
    Failure::new(format!("demo data: {error}"))
}

/// A value of the demo files, which must be valid.
pub(super) fn valid<T, E: std::fmt::Display>(text: &str, value: Result<T, E>) -> Result<T, Failure> {
    value.map_err(|error| Failure::new(format!("demo data: {text}: {error}")))
}
