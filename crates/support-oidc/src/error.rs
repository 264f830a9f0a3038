//! Why nobody was signed in.

/// Why nobody was signed in. The texts are for the log: what they repeat of the provider is bounded, and of
/// no person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No answer came, or none in time; the same may succeed later.
    #[error("the identity provider cannot be reached: {0}")]
    Unreachable(String),
    /// An answer came that no provider gives, or one that does not fit the settings.
    #[error("the identity provider is set up otherwise: {0}")]
    Misconfigured(String),
    /// The provider did not accept the code.
    #[error("the identity provider refused the code: {0}")]
    Refused(String),
    /// The token does not prove anything to us.
    #[error("the identity token does not hold: {0}")]
    InvalidToken(&'static str),
}

/// Settings that cannot work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidSettings(pub String);
