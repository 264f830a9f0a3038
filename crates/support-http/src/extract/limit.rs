//! How often callers may come, as parameters of handlers.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::net::IpAddr;

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev, web};
use support_api::problem::Kind;

use super::caller::authenticate;
use crate::failure::Failure;
use crate::limiter::{self, Attempt, Factor, Limited, Quotas};
use crate::state::State;

/// One more request of its class by the caller, which their limits allow. It goes with a [`super::Caller`],
/// who tells those without a good token that they have none.
pub(crate) struct Limit<C>(PhantomData<C>);

impl<C: Limited> FromRequest for Limit<C> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(admit::<C>(request).map(|()| Self(PhantomData)))
    }
}

fn admit<C: Limited>(request: &HttpRequest) -> Result<(), Failure> {
    let state = state(request)?;
    let Ok(actor) = authenticate(request) else { return Ok(()) };
    told(request, state, state.limits.admit(C::CLASS, &actor, address(request, state)))
}

/// One more request about sessions from the caller's address, which its limit allows.
pub(crate) struct SessionLimit;

impl FromRequest for SessionLimit {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let admit = |state: &State| {
            told(request, state, state.limits.admit_session(address(request, state))).map(|()| Self)
        };
        ready(state(request).and_then(|state| admit(state)))
    }
}

/// One more attempt to log in to an account, which its limits allow; what becomes of it is to be said with
/// [`settled`].
pub(crate) fn attempt<'a>(
    request: &HttpRequest,
    state: &'a State,
    factor: Factor,
    account: &str,
) -> Result<Attempt<'a>, Failure> {
    state
        .limits
        .login(factor, account, address(request, state))
        .map_err(|quotas| refused(request, state, quotas))
}

/// Says what became of an attempt: it was right, wrong, or the service could not tell.
pub(crate) fn settled<T>(request: &HttpRequest, attempt: Attempt<'_>, outcome: &Result<Option<T>, Failure>) {
    let quotas = match outcome {
        Ok(Some(_)) => attempt.succeeded(),
        Ok(None) => attempt.failed(),
        Err(_) => attempt.undecided(),
    };
    request.extensions_mut().insert(quotas);
}

/// Keeps what is left for the response's headers.
fn told(request: &HttpRequest, state: &State, judged: Result<Quotas, Quotas>) -> Result<(), Failure> {
    let quotas = judged.map_err(|quotas| refused(request, state, quotas))?;
    request.extensions_mut().insert(quotas);
    Ok(())
}

fn refused(request: &HttpRequest, state: &State, quotas: Quotas) -> Failure {
    let seconds = quotas.refusal().map_or(1, |refusal| {
        state.metrics.refuse(refusal.policy.name);
        limiter::retry_after(refusal)
    });
    request.extensions_mut().insert(quotas);
    let unit = if seconds == 1 { "second" } else { "seconds" };
    Failure::new(Kind::RATE_LIMITED, format!("too many requests; try again in {seconds} {unit}"))
}

fn state(request: &HttpRequest) -> Result<&web::Data<State>, Failure> {
    request.app_data().ok_or_else(|| Failure::internal("the state is not among the application's data"))
}

fn address(request: &HttpRequest, state: &State) -> IpAddr {
    limiter::address_of(request, state.settings.is_behind_proxy)
}
