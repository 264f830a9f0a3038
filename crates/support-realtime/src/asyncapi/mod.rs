//! The AsyncAPI 3.0 document, made from the table of events and the wire types' own schemas.
//!
//! To add an event: name it in `events.rs`, with its types and an example. Both transports describe it then.

mod events;
mod examples;
mod plain;
mod schemas;
mod servers;
mod socketio;
mod transport;

use serde::Serialize;
use serde_json::{Map, Value, json};

use self::events::Events;
use self::schemas::Schemas;
use self::servers::security_schemes;

/// An AsyncAPI document, its parts in the order in which people read them.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    asyncapi: &'static str,
    info: Value,
    default_content_type: &'static str,
    servers: Value,
    channels: Value,
    operations: Map<String, Value>,
    components: Value,
}

impl Document {
    /// The document as indented JSON.
    ///
    /// # Errors
    /// Never in practice: every key is a string.
    pub fn to_pretty_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self)
    }
}

/// The document of both transports.
#[must_use]
pub fn document() -> Document {
    let mut schemas = Schemas::default();
    let events = Events::new(&mut schemas);
    let (plain, plain_operations) = plain::describe(&events, &mut schemas);
    let (socketio, socketio_operations) = socketio::describe(&events, &mut schemas);
    Document {
        asyncapi: "3.0.0",
        info: info(),
        default_content_type: "application/json",
        servers: json!({ "plain": plain::server(), "socketio": socketio::server() }),
        channels: json!({ "plain": plain, "socketio": socketio }),
        operations: plain_operations.into_iter().chain(socketio_operations).collect(),
        components: json!({ "schemas": schemas.into_components(), "securitySchemes": security_schemes() }),
    }
}

fn info() -> Value {
    json!({
        "title": "Support System, live",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "The conversations of a helpdesk as they happen: rooms for tickets, messages, typing, read \
                        receipts, and the list of tickets. A plain WebSocket and Socket.IO lead to the same rooms and \
                        carry the same events. Times are RFC 3339 in UTC with milliseconds; values of closed sets are \
                        read in any letter case, with `_` for `-` as well; every failure is a problem document \
                        (RFC 9457). What is not live is described by the OpenAPI document.",
        "license": { "name": "MIT OR Apache-2.0" },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn written() -> Value {
        serde_json::to_value(document()).expect("JSON")
    }

    /// Calls `visit` with every object of a document.
    fn walk(value: &Value, visit: &mut impl FnMut(&Map<String, Value>)) {
        match value {
            Value::Object(members) => {
                visit(members);
                members.values().for_each(|member| walk(member, visit));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_stands_alone() {
        let document = written();
        walk(&document, &mut |object| {
            if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
                let pointer = reference.strip_prefix('#').expect("a local reference");
                assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
                assert_eq!(object.len(), 1, "draft 7 ignores what stands beside {reference}");
            }
        });
    }

    #[test]
    fn every_schema_is_referred_to() {
        let document = written();
        let mut referred = BTreeSet::new();
        walk(&document, &mut |object| {
            referred.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
        });
        for name in document["components"]["schemas"].as_object().expect("schemas").keys() {
            assert!(referred.contains(&format!("#/components/schemas/{name}")), "{name}");
        }
    }

    #[test]
    fn every_message_of_a_transport_belongs_to_an_operation() {
        let document = written();
        let mut used = BTreeSet::new();
        walk(&document["operations"], &mut |object| {
            let messages = object.get("messages").and_then(Value::as_array).into_iter().flatten();
            used.extend(messages.filter_map(|message| message["$ref"].as_str().map(str::to_owned)));
        });
        for (channel, described) in document["channels"].as_object().expect("channels") {
            for name in described["messages"].as_object().expect("messages").keys() {
                assert!(used.contains(&format!("#/channels/{channel}/messages/{name}")), "{channel} {name}");
            }
        }
    }
}
