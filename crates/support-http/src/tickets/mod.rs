//! Tickets.

pub(crate) mod assign;
pub(crate) mod bulk;
pub(crate) mod bulk_assign;
pub(crate) mod bulk_escalate;
pub(crate) mod bulk_notify;
pub(crate) mod bulk_resolve;
pub(crate) mod bulk_status;
pub(crate) mod create;
pub(crate) mod escalate;
pub(crate) mod history;
pub(crate) mod list;
pub(crate) mod notify;
mod params;
pub(crate) mod read;
pub(crate) mod stats;
pub(crate) mod update;
pub(crate) mod verify_history;

use actix_web::http::header::ETAG;
use actix_web::{HttpResponse, HttpResponseBuilder};
use support_domain::entity::Ticket;

/// A ticket's version as an entity tag (RFC 9110, section 8.8.3).
fn etag(ticket: &Ticket) -> (actix_web::http::header::HeaderName, String) {
    (ETAG, format!("\"{}\"", ticket.version))
}

/// Answers with a ticket.
fn answer(mut response: HttpResponseBuilder, ticket: &Ticket) -> HttpResponse {
    response.insert_header(etag(ticket)).json(support_api::ticket::Ticket::from(ticket))
}
