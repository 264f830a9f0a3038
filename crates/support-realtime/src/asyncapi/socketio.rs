//! Socket.IO: events with one argument, and acknowledgements.

use serde_json::{Map, Value, json};
use support_api::problem::Problem;
use support_api::request::Authenticate;

use super::events::{ClientEvent, Events, Payload, ServerEvent};
use super::examples;
use super::schemas::Schemas;
use super::servers;
use super::transport::{About, Transport};

pub(super) fn server() -> Value {
    json!({
        "title": "Socket.IO",
        "host": "{host}",
        "pathname": "/socket.io/",
        "protocol": "ws",
        "description": "Socket.IO v5 over Engine.IO v4, by WebSocket and by long-polling.",
        "variables": { "host": servers::host() },
        "security": servers::security(&["inBand", "bearer"]),
    })
}

/// The channel, which is a namespace, and its operations.
pub(super) fn describe(events: &Events, schemas: &mut Schemas) -> (Value, Map<String, Value>) {
    let mut transport = Transport::new("socketio");
    let problem = Payload::of::<Problem>(schemas, examples::problem());
    connect(&mut transport, schemas, &problem);
    error_ack(&mut transport, &problem);
    for event in &events.client {
        client_event(&mut transport, event);
    }
    for ServerEvent { name, title, description, data } in &events.server {
        let about = About { name, title, description };
        transport.message(name, about, &data.schema, &data.example);
        transport.sends(about);
    }
    exception(&mut transport, &problem);
    let channel = json!({
        "title": "Socket.IO namespace",
        "address": "/support",
        "servers": [{ "$ref": "#/servers/socketio" }],
        "description": "The address is the namespace. A message's name is the event's, its payload the event's only \
                        argument; an answer is what the acknowledgement callback gets.",
        "messages": transport.messages,
        "bindings": { "ws": binding() },
    });
    (channel, transport.operations)
}

fn connect(transport: &mut Transport, schemas: &mut Schemas, problem: &Payload) {
    let about = About {
        name: "connect",
        title: "Enter the namespace",
        description: "The CONNECT packet. Its payload is the client's `auth`, and may be left out if the handshake had \
                      an `Authorization` header.",
    };
    let data = Payload::of::<Authenticate>(schemas, json!({ "token": examples::TOKEN }));
    transport.message("connect", about, &data.schema, &data.example);
    let connected = About { name: "connect", title: "Connected", description: "The answer to CONNECT." };
    let schema =
        json!({ "type": "object", "required": ["sid"], "properties": { "sid": { "type": "string" } } });
    transport.message("connected", connected, &schema, &json!({ "sid": "oSO0OpakMV_3jnilAAAA" }));
    let refused = About {
        name: "connect_error",
        title: "Connection refused",
        description: "There is no token, or one that does not hold. The client does not try again by itself.",
    };
    let schema = json!({
        "type": "object",
        "required": ["message"],
        "properties": { "message": { "type": "string" }, "data": problem.schema },
    });
    let example = json!({ "message": "the access token has expired", "data": expired_token() });
    transport.message("connect_error", refused, &schema, &example);
    transport.receives(about, &["connected", "connect_error"]);
}

fn client_event(transport: &mut Transport, event: &ClientEvent) {
    let ClientEvent { name, title, description, data, ack } = event;
    let about = About { name, title, description };
    transport.message(name, about, &data.schema, &data.example);
    let answer = format!("{name}_ack");
    let answer_title = format!("Answer to `{name}`");
    let about_answer = About { name: "ack", title: &answer_title, description: "It is done." };
    let schema = json!({ "allOf": [verdict(true), ack.schema] });
    transport.message(&answer, about_answer, &schema, &with_verdict(ack.example.clone()));
    transport.receives(about, &[&answer, "error_ack"]);
}

fn error_ack(transport: &mut Transport, problem: &Payload) {
    let about = About { name: "ack", title: "Something failed", description: "It is not done." };
    let mut schema = verdict(false);
    if let Some(object) = schema.as_object_mut() {
        object.insert("required".to_owned(), json!(["ok", "error"]));
        object.insert("properties".to_owned(), json!({ "ok": { "const": false }, "error": problem.schema }));
    }
    transport.message("error_ack", about, &schema, &json!({ "ok": false, "error": problem.example }));
}

fn exception(transport: &mut Transport, problem: &Payload) {
    let about = About {
        name: "exception",
        title: "Something failed",
        description: "The answer to an event that failed and asked for no acknowledgement.",
    };
    let schema = json!({
        "type": "object",
        "required": ["status", "message", "error"],
        "properties": {
            "status": { "const": "error" },
            "message": { "type": "string", "description": "The problem's `detail`." },
            "error": problem.schema,
        },
    });
    let example = json!({
        "status": "error",
        "message": problem.example.get("detail"),
        "error": problem.example,
    });
    transport.message("exception", about, &schema, &example);
    transport.sends(about);
}

fn verdict(ok: bool) -> Value {
    json!({ "type": "object", "required": ["ok"], "properties": { "ok": { "const": ok } } })
}

fn with_verdict(mut answer: Value) -> Value {
    answer.as_object_mut().map(|members| members.insert("ok".to_owned(), json!(true)));
    answer
}

fn expired_token() -> Value {
    json!({
        "type": "urn:support:problem:expired_token",
        "title": "Expired access token",
        "status": 401,
        "detail": "the access token has expired",
        "code": "expired_token",
        "requestId": "0195d3b0-1a80-7c12-8f37-5b9e2c6d4a07",
    })
}

fn binding() -> Value {
    json!({
        "method": "GET",
        "query": {
            "type": "object",
            "required": ["EIO", "transport"],
            "properties": {
                "EIO": { "const": "4" },
                "transport": { "enum": ["polling", "websocket"] },
                "sid": { "type": "string", "description": "The session, which the handshake named." },
            },
        },
        "headers": {
            "type": "object",
            "properties": {
                "Authorization": { "type": "string", "description": "`Bearer <JWT>`, instead of `auth: { token }`." },
                "Origin": { "type": "string", "description": "Must be the server's own, or an allowed one, if it is given." },
            },
        },
        "bindingVersion": "0.1.0",
    })
}
