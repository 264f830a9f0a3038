//! Every endpoint over a store in memory, with a clock that stands still and ids that count: what it answers
//! is compared with a snapshot of status, headers and body.
#![cfg(test)]

mod agents;
mod auth;
mod bulk;
mod departments;
mod failures;
mod limits;
mod messages;
mod meta;
mod notifications;
mod openapi;
mod robustness;
mod tickets;
mod world;
