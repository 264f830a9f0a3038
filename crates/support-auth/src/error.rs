//! Why somebody was not authenticated, or may not do something about it.

use support_domain::error::{Entity, StoreError};

/// Why a command was not carried out. Closed: whoever tells callers maps each of these. The texts may be told
/// to callers, but for those of [`Error::Store`], [`Error::Provider`] and [`Error::Internal`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody has this address and this password. Which of the two is wrong is not told.
    #[error("the address or the password is wrong")]
    InvalidCredentials,
    /// It is not the password of somebody who is logged in.
    #[error("the password is wrong")]
    WrongPassword,
    /// The password was right, but there is a second factor and no code of it was given.
    #[error("a code of the second factor is required")]
    SecondFactorRequired,
    /// The code of a login does not hold, or was used before.
    #[error("the code is wrong, or was used before")]
    InvalidCode,
    /// The code of somebody who is logged in does not hold, or was used before.
    #[error("the code is wrong, or was used before")]
    WrongCode,
    /// There is a second factor already.
    #[error("there is a second factor already; turn it off first")]
    SecondFactorActive,
    /// There is no second factor.
    #[error("there is no second factor")]
    NoSecondFactor,
    /// A refresh token, or what stands for one, does not hold.
    #[error("{0}")]
    InvalidSession(&'static str),
    /// There is no secret to sign tokens with, so nobody can log in here.
    #[error("this service has no logins of its own; tokens come from its identity provider")]
    NoOwnLogins,
    /// There is no identity provider to sign in with.
    #[error("no identity provider is set up for signing in")]
    NoProvider,
    /// The end of a sign-in whose beginning is not known.
    #[error("the sign-in did not begin in this browser, or too long ago; begin again")]
    SignInExpired,
    /// The provider vouches for nobody. The text says why.
    #[error("{0}")]
    SignInRefused(String),
    /// Whoever signed in with a provider is no member of staff here.
    #[error("whoever signed in is not known as a member of staff")]
    UnknownIdentity,
    /// The provider could not be asked, or its answer proves nothing. The cause is for the log.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// Too many attempts were made on the account or by the caller.
    #[error("too many attempts; {retry_after} seconds are to pass before the next")]
    TooManyAttempts {
        /// After how many seconds the next one may be made.
        retry_after: u64,
    },
    /// More passwords are to be hashed than can wait.
    #[error("too many logins at once; try again later")]
    TooManyLogins,
    /// More people are signing in than the provider is asked for at a time.
    #[error("too many sign-ins at once; try again later")]
    TooManySignIns,
    /// The actor may not do this.
    #[error("{0}")]
    Forbidden(&'static str),
    /// Absent.
    #[error("no such {0}")]
    NotFound(Entity),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault of the service. The text is for the log.
    #[error("{0}")]
    Internal(String),
}

/// Why the provider vouched for nobody. The texts are for the log: what they repeat of the provider is
/// bounded, and of no person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
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
