//! What goes to many: an event as JSON, written once, and as a frame of each transport, built once.

use std::sync::OnceLock;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use support_socketio::socket::event_frame;
use support_socketio::websocket::Frame;

/// The Socket.IO namespace of the service (`docs/specification.md`, section 5.1).
pub(crate) const NAMESPACE: &str = "/support";

/// The way by which a session came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// Plain WebSocket.
    Plain,
    /// Socket.IO.
    SocketIo,
}

/// An event on its way to any number of sessions.
#[derive(Debug)]
pub(crate) struct Broadcast {
    name: &'static str,
    data: Box<RawValue>,
    plain: OnceLock<Frame>,
    socketio: OnceLock<Frame>,
}

impl Broadcast {
    /// The event `name` with this payload.
    pub(crate) fn new(name: &'static str, data: &impl Serialize) -> Self {
        Self { name, data: raw(data), plain: OnceLock::new(), socketio: OnceLock::new() }
    }

    /// Its frame at a transport; every session there shares it.
    pub(crate) fn frame(&self, transport: Transport) -> &Frame {
        match transport {
            Transport::Plain => self.plain.get_or_init(|| {
                Frame::text(&format!(r#"{{"event":"{}","data":{}}}"#, self.name, self.data.get()))
            }),
            Transport::SocketIo => {
                self.socketio.get_or_init(|| event_frame(NAMESPACE, self.name, &[&self.data]))
            }
        }
    }

    #[cfg(test)]
    pub(crate) fn text(&self) -> String {
        format!("{} {}", self.name, self.data)
    }
}

/// A value as JSON. The wire types have no map with keys other than strings, the only thing that could fail.
pub(crate) fn raw(value: &impl Serialize) -> Box<RawValue> {
    to_raw_value(value).unwrap_or_else(|error| {
        tracing::error!(%error, "failed to write a value as JSON");
        RawValue::NULL.to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_transport_has_its_own_form() {
        let broadcast = Broadcast::new("typing_indicator", &serde_json::json!({"typing": true}));
        let payload =
            |transport| String::from_utf8(broadcast.frame(transport).payload().to_vec()).expect("text");
        assert_eq!(payload(Transport::Plain), r#"{"event":"typing_indicator","data":{"typing":true}}"#);
        assert_eq!(payload(Transport::SocketIo), r#"42/support,["typing_indicator",{"typing":true}]"#);
    }
}
