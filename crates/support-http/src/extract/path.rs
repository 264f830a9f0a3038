//! The variable segment of an address.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev};
use support_domain::command::TicketKey;
use support_domain::error::{Entity, Error};

use crate::failure::Failure;

/// The segment `{id}` of an address. What cannot be an id names nothing, so it is not found.
pub(crate) struct PathKey(String);

impl FromRequest for PathKey {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(Ok(Self(request.match_info().get("id").unwrap_or_default().to_owned())))
    }
}

impl PathKey {
    /// The ticket it names, by id or number.
    pub(crate) fn ticket(&self) -> Result<TicketKey, Failure> {
        TicketKey::parse(&self.0).ok_or_else(|| Error::NotFound(Entity::Ticket).into())
    }

    /// The id it is; `parse` is the id type's own.
    pub(crate) fn id<T>(&self, parse: fn(&str) -> Option<T>, entity: Entity) -> Result<T, Failure> {
        parse(&self.0).ok_or_else(|| Error::NotFound(entity).into())
    }
}
