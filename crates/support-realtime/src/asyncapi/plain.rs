//! The plain WebSocket: text frames `{event, data, id?}`.

use serde_json::{Map, Value, json};
use support_api::problem::Problem;

use super::events::{self, ClientEvent, Events, Payload, ServerEvent};
use super::examples;
use super::schemas::Schemas;
use super::servers;
use super::transport::{About, Transport};

pub(super) fn server() -> Value {
    json!({
        "title": "Plain WebSocket",
        "host": "{host}",
        "protocol": "ws",
        "variables": { "host": servers::host() },
        "security": servers::security(&["bearer", "subprotocol", "inBand"]),
    })
}

/// The channel and its operations.
pub(super) fn describe(events: &Events, schemas: &mut Schemas) -> (Value, Map<String, Value>) {
    let mut transport = Transport::new("plain");
    client_event(&mut transport, &events::authenticate(schemas));
    for event in &events.client {
        client_event(&mut transport, event);
    }
    for ServerEvent { name, title, description, data } in &events.server {
        let about = About { name, title, description };
        transport.message(
            name,
            about,
            &frame(name, &data.schema),
            &json!({ "event": name, "data": data.example }),
        );
        transport.sends(about);
    }
    error(&mut transport, schemas);
    let channel = json!({
        "title": "Plain WebSocket",
        "address": "/support/ws",
        "servers": [{ "$ref": "#/servers/plain" }],
        "description": "Text frames of at most 64 KiB, each an event. One with an `id` is answered under it, by `ack` \
                        or by `error`.",
        "messages": transport.messages,
        "bindings": { "ws": binding() },
    });
    (channel, transport.operations)
}

fn client_event(transport: &mut Transport, event: &ClientEvent) {
    let ClientEvent { name, title, description, data, ack } = event;
    let about = About { name, title, description };
    let example = json!({ "event": name, "id": 1, "data": data.example });
    transport.message(name, about, &request(name, &data.schema), &example);
    let answer = format!("{name}_ack");
    let answer_title = format!("Answer to `{name}`");
    let about_answer = About { name: "ack", title: &answer_title, description: "It is done." };
    let example = json!({ "event": "ack", "id": 1, "data": ack.example });
    transport.message(&answer, about_answer, &acknowledgement(&ack.schema), &example);
    transport.receives(about, &[&answer, "error"]);
}

fn error(transport: &mut Transport, schemas: &mut Schemas) {
    let about = About {
        name: "error",
        title: "Something failed",
        description: "With the `id` of the frame that failed, if it had one.",
    };
    let data = Payload::of::<Problem>(schemas, examples::problem());
    let mut schema = frame("error", &data.schema);
    if let Some(properties) = schema.pointer_mut("/properties").and_then(Value::as_object_mut) {
        properties.insert("id".to_owned(), id());
    }
    transport.message("error", about, &schema, &json!({ "event": "error", "id": 1, "data": data.example }));
    transport.sends(about);
}

/// A frame from the server.
fn frame(event: &str, data: &Value) -> Value {
    json!({
        "type": "object",
        "required": ["event", "data"],
        "properties": { "event": { "const": event }, "data": data },
    })
}

/// A frame from a client.
fn request(event: &str, data: &Value) -> Value {
    json!({
        "type": "object",
        "required": ["event", "data"],
        "properties": { "event": { "const": event }, "data": data, "id": id() },
        "additionalProperties": false,
    })
}

fn acknowledgement(data: &Value) -> Value {
    json!({
        "type": "object",
        "required": ["event", "id", "data"],
        "properties": { "event": { "const": "ack" }, "id": id(), "data": data },
    })
}

fn id() -> Value {
    json!({ "type": "integer", "minimum": 0, "description": "The client's own name for a frame, under which it is answered." })
}

fn binding() -> Value {
    json!({
        "method": "GET",
        "headers": {
            "type": "object",
            "properties": {
                "Authorization": { "type": "string", "description": "`Bearer <JWT>`." },
                "Sec-WebSocket-Protocol": { "type": "string", "description": "`support.v1, bearer.<JWT>`." },
                "Origin": { "type": "string", "description": "Must be the server's own, or an allowed one, if it is given." },
            },
        },
        "bindingVersion": "0.1.0",
    })
}
