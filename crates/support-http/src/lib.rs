//! The helpdesk over HTTP (`docs/contract.md`, section 2): REST on actix-web with problem documents and an
//! OpenAPI document.
//!
//! It knows the domain, authentication and the wire types, and neither a database nor rooms. A handler reads
//! its request, calls the desk or authentication, and answers; everything that all of them share is in
//! `middleware` and `extract`.
//!
//! To add an endpoint, see `routes.rs`.

mod agents;
mod attachments;
mod auth;
mod cursor;
mod customers;
mod departments;
mod extract;
mod failure;
mod fingerprint;
pub mod limiter;
pub mod limits;
mod messages;
mod meta;
mod metrics;
mod middleware;
mod moment;
mod notifications;
mod openapi;
mod page;
mod routes;
mod server;
mod state;
mod tickets;

pub use cursor::CursorKey;
pub use limiter::Limits;
pub use metrics::Metrics;
pub use openapi::openapi;
pub use server::{Threads, app, configure, serve};
pub use state::{Settings, State};
pub use support_web::Origins;
