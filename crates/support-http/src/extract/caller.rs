//! Who asks, by their access token.

use std::future::{Ready, ready};

use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev, web};
use support_api::problem::{Kind, Problem};
use support_domain::actor::Actor;
use support_domain::rules::access;
use support_web::bearer_token;

use crate::failure::Failure;
use crate::state::State;

/// Anybody with a good token.
pub(crate) struct Caller(pub(crate) Actor);

/// An agent or an administrator.
pub(crate) struct Staff(pub(crate) Actor);

/// An administrator.
pub(crate) struct Admin(pub(crate) Actor);

impl FromRequest for Caller {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(authenticate(request).map(Self))
    }
}

impl FromRequest for Staff {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(authenticate(request).and_then(|actor| {
            access::staff(&actor)?;
            Ok(Self(actor))
        }))
    }
}

impl FromRequest for Admin {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(authenticate(request).and_then(|actor| {
            access::admin(&actor)?;
            Ok(Self(actor))
        }))
    }
}

/// Whose token the request carries. Signatures are dear, so a token that holds is checked once for all
/// parameters.
pub(super) fn authenticate(request: &HttpRequest) -> Result<Actor, Failure> {
    if let Some(actor) = request.extensions().get::<Actor>() {
        return Ok(actor.clone());
    }
    let actor = verify(request)?;
    request.extensions_mut().insert(actor.clone());
    Ok(actor)
}

fn verify(request: &HttpRequest) -> Result<Actor, Failure> {
    let state = request
        .app_data::<web::Data<State>>()
        .ok_or_else(|| Failure::internal("the state is not among the application's data"))?;
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let (Some(header), None) = (headers.next(), headers.next()) else {
        return Err(Failure::new(
            Kind::UNAUTHENTICATED,
            "an Authorization header with a bearer token is required",
        ));
    };
    let token = header.to_str().ok().and_then(bearer_token);
    let token = token.ok_or_else(|| {
        Failure::new(Kind::UNAUTHENTICATED, "the Authorization header must be \"Bearer\" and a token")
    })?;
    let verified = state.authentication.verify(token);
    Ok(verified.map_err(|rejected| Failure::from(Problem::from(rejected)))?.actor)
}
