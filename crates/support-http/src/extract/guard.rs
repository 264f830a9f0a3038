//! How often callers may try to log in, by where they come from.

use actix_web::{HttpMessage, HttpRequest};
use support_auth::{Attempt, AttemptGuard, Error, Factor, Verdict};

use super::limit::{address, refuse};
use crate::limiter;
use crate::state::State;

/// What judges the attempts of a request, and keeps what is left for its response's headers.
pub(crate) struct Guard<'a> {
    request: &'a HttpRequest,
    state: &'a State,
}

/// The guard of a request.
pub(crate) const fn guard<'a>(request: &'a HttpRequest, state: &'a State) -> Guard<'a> {
    Guard { request, state }
}

impl<'a> AttemptGuard for Guard<'a> {
    type Attempt = Counted<'a>;

    fn admit(&self, factor: Factor, account: &str) -> Result<Counted<'a>, Error> {
        let admitted = self.state.limits.login(factor, account, address(self.request, self.state));
        let attempt = admitted.map_err(|quotas| Error::TooManyAttempts {
            retry_after: refuse(self.request, self.state, quotas),
        })?;
        Ok(Counted { request: self.request, attempt })
    }
}

/// An attempt that was let through.
pub(crate) struct Counted<'a> {
    request: &'a HttpRequest,
    attempt: limiter::Attempt<'a>,
}

impl Attempt for Counted<'_> {
    fn is_known(&self) -> bool {
        self.attempt.is_known()
    }

    fn settle(self, verdict: Verdict) {
        let quotas = match verdict {
            Verdict::Right => self.attempt.succeeded(),
            Verdict::Wrong => self.attempt.failed(),
            Verdict::Undecided => self.attempt.undecided(),
        };
        self.request.extensions_mut().insert(quotas);
    }
}
