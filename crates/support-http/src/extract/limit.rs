//! How often callers may come, as parameters of handlers.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv6Addr};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev, web};
use support_api::problem::Problem;

use super::caller::authenticate;
use crate::failure::Failure;
use crate::limiter::{self, Limited, Quotas};
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

/// Keeps what is left for the response's headers.
fn told(request: &HttpRequest, state: &State, judged: Result<Quotas, Quotas>) -> Result<(), Failure> {
    let quotas = judged.map_err(|quotas| refused(request, state, quotas))?;
    request.extensions_mut().insert(quotas);
    Ok(())
}

fn refused(request: &HttpRequest, state: &State, quotas: Quotas) -> Failure {
    Problem::rate_limited(refuse(request, state, quotas)).into()
}

/// Counts a refusal, keeps what is left for the response's headers, and returns after how many seconds the
/// caller may come back.
pub(super) fn refuse(request: &HttpRequest, state: &State, quotas: Quotas) -> u64 {
    let seconds = quotas.refusal().map_or(1, |refusal| {
        state.metrics.refuse(refusal.policy.name);
        limiter::retry_after(refusal)
    });
    request.extensions_mut().insert(quotas);
    seconds
}

fn state(request: &HttpRequest) -> Result<&web::Data<State>, Failure> {
    request.app_data().ok_or_else(|| Failure::internal("the state is not among the application's data"))
}

pub(super) fn address(request: &HttpRequest, state: &State) -> IpAddr {
    let address = support_web::address::of(request, state.settings.is_behind_proxy);
    // Without one, such as over a test's own connection, all are one client.
    address.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED))
}
