//! The AsyncAPI document, as it is checked in, against what the program makes and knows.

#![cfg(test)]

use std::collections::BTreeSet;

use serde_json::Value;
use support_realtime::{CLIENT_EVENTS, SERVER_EVENTS, asyncapi};

/// Written by `support-server asyncapi`.
const CHECKED_IN: &str = include_str!("../../../docs/asyncapi.json");

fn checked_in() -> Value {
    serde_json::from_str(CHECKED_IN).unwrap()
}

#[test]
fn the_document_is_as_checked_in() {
    assert!(
        serde_json::to_value(asyncapi::document()).unwrap() == checked_in(),
        "docs/asyncapi.json is out of date: write it with `cargo run -p support-server -- asyncapi > docs/asyncapi.json`"
    );
}

/// The events of a transport that the program takes (`receive`) or tells (`send`), by the names of their
/// operations.
fn operations(transport: &str, action: &str) -> BTreeSet<String> {
    let document = checked_in();
    let operations = document["operations"].as_object().unwrap().iter();
    let of_transport = operations.filter(|(_, operation)| operation["action"] == action);
    of_transport.filter_map(|(name, _)| name.strip_prefix(transport).map(str::to_owned)).collect()
}

fn names(events: &[&str], of_the_transport: &str) -> BTreeSet<String> {
    events.iter().copied().chain([of_the_transport]).map(str::to_owned).collect()
}

#[test]
fn every_event_is_described_at_both_transports_and_nothing_else() {
    assert_eq!(operations("plain_", "receive"), names(CLIENT_EVENTS, "authenticate"));
    assert_eq!(operations("plain_", "send"), names(SERVER_EVENTS, "error"));
    assert_eq!(operations("socketio_", "receive"), names(CLIENT_EVENTS, "connect"));
    assert_eq!(operations("socketio_", "send"), names(SERVER_EVENTS, "exception"));
}
