//! Socket.IO against a running server, packet by packet.
#![cfg(test)]

#[path = "../common/mod.rs"]
mod common;

mod desk;
mod events;
mod leaving;
mod malformed;
mod namespaces;
