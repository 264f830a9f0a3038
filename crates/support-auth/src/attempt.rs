//! Slowing down who guesses: how attempts are counted is the business of whoever knows where callers come
//! from; when they are is told here.

use crate::error::Error;

/// What an attempt is to prove. Each is counted by itself: who has passed the first has not passed the
/// second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// A password; accounts are e-mail addresses.
    Password,
    /// A code behind the password; accounts are ids.
    Second,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was right.
    Right,
    /// It was wrong.
    Wrong,
    /// It was not judged, or that is not the caller's fault.
    Undecided,
}

impl Verdict {
    /// The verdict on what came of an attempt; `Ok(None)` is a wrong one.
    pub(crate) const fn of<T>(outcome: &Result<Option<T>, Error>) -> Self {
        match outcome {
            Ok(Some(_)) => Self::Right,
            Ok(None) => Self::Wrong,
            Err(_) => Self::Undecided,
        }
    }
}

/// Lets attempts of one caller through, or not. It is asked before anything is hashed or compared.
pub trait AttemptGuard {
    /// An attempt that was let through.
    type Attempt: Attempt;

    /// Lets one more attempt on an account through, as if it was wrong until it is said to be otherwise.
    ///
    /// # Errors
    /// [`Error::TooManyAttempts`] when there were too many; any other when it cannot be told.
    fn admit(&self, factor: Factor, account: &str) -> Result<Self::Attempt, Error>;
}

/// An attempt that may be made.
pub trait Attempt {
    /// Whether somebody has logged in to the account from there before. Their passwords are hashed in a queue
    /// that strangers cannot fill.
    fn is_known(&self) -> bool;

    /// Says how it ended.
    fn settle(self, verdict: Verdict);
}

/// Lets everything through: for callers that cannot guess.
#[derive(Clone, Copy, Debug)]
pub struct Unlimited;

impl AttemptGuard for Unlimited {
    type Attempt = Self;

    fn admit(&self, _factor: Factor, _account: &str) -> Result<Self, Error> {
        Ok(Self)
    }
}

impl Attempt for Unlimited {
    fn is_known(&self) -> bool {
        true
    }

    fn settle(self, _verdict: Verdict) {}
}
