//! Engine.IO against a running server, packet by packet.
#![cfg(test)]

#[path = "../common/mod.rs"]
mod common;

mod closing;
mod echo;
mod handshake;
mod heartbeat;
mod polling;
mod upgrade;
mod websocket;
