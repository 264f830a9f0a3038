//! The live helpdesk (`docs/contract.md`, section 4): rooms, sessions and events over plain WebSocket and
//! Socket.IO.
//!
//! Events leave the desk after their commit and come over a [`Bus`] to the [`Hub`] of each node, which tells
//! them to whom they concern. What clients say comes through one of two [`LiveEndpoints`] to the [`Gateway`],
//! which asks the desk. A ticket's room tells its messages in the order of their `sequence`, each once; what
//! the bus lost, the gateway reads from the store.
//!
//! To add an event of the service: its payload in `support_api::live`, its case in `hub.rs`, its line in
//! `asyncapi`. To add an event of clients, see `commands/mod.rs`.

mod agenda;
pub mod asyncapi;
mod auth;
mod broadcast;
mod bus;
mod commands;
mod endpoints;
mod failure;
mod gateway;
mod hub;
mod limiter;
mod metrics;
mod plain;
mod reply;
mod room;
mod rooms;
mod session;
mod socketio;

pub use auth::{Authenticator, Bearer};
pub use bus::{Bus, Listener, LocalBus};
pub use commands::CLIENT_EVENTS;
pub use endpoints::{LiveEndpoints, PLAIN_PATH, SOCKETIO_PATH};
pub use gateway::{Gateway, GatewayDeps};
pub use hub::Hub;
pub use metrics::Metrics;

/// The events that the service tells.
pub const SERVER_EVENTS: &[&str] = &[
    "new_message",
    "ticket_updated",
    "ticket_assigned",
    "ticket_escalated",
    "agent_status_changed",
    "new_ticket",
    "typing_indicator",
    "message_read",
    "ticket_access_lost",
];
