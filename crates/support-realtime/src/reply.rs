//! The answer to a client's event, in the form of its transport.

use serde::Serialize;
use serde_json::value::RawValue;
use support_api::problem::Problem;
use support_socketio::socket::{Ack, Socket};
use support_socketio::websocket::{Frame, SendQueue};

use crate::broadcast::raw;

/// Where one event is answered. Nobody waits for the answer of an event that did not ask for one: success is
/// silent then, and a failure is an event of its own.
#[derive(Debug)]
pub(crate) enum Reply {
    /// To a frame of a plain WebSocket, with its `id`.
    Plain {
        /// The connection.
        send_queue: SendQueue,
        /// The frame's number.
        id: Option<u64>,
    },
    /// To a Socket.IO event, with its acknowledgement.
    SocketIo {
        /// The socket.
        socket: Socket,
        /// The acknowledgement.
        ack: Option<Ack>,
    },
}

impl Reply {
    /// Whether the client asked for an answer.
    pub(crate) const fn is_wanted(&self) -> bool {
        match self {
            Self::Plain { id, .. } => id.is_some(),
            Self::SocketIo { ack, .. } => ack.is_some(),
        }
    }

    /// Says that it was done. `answer` is a JSON object.
    pub(crate) fn ok(self, answer: &RawValue) {
        // A connection that takes no more frames has nobody to answer.
        let _ = match self {
            Self::Plain { send_queue, id: Some(id) } => {
                send_queue.push(Frame::text(&format!(r#"{{"event":"ack","id":{id},"data":{answer}}}"#)))
            }
            Self::SocketIo { ack: Some(ack), .. } => ack.send(&[&with_ok(answer)], &[]),
            Self::Plain { id: None, .. } | Self::SocketIo { ack: None, .. } => Ok(()),
        };
    }

    /// Says why it was not done.
    pub(crate) fn fail(self, problem: &Problem) {
        let error = raw(problem);
        let _ = match self {
            Self::Plain { send_queue, id } => {
                let id = id.map(|id| format!(r#""id":{id},"#)).unwrap_or_default();
                send_queue.push(Frame::text(&format!(r#"{{"event":"error",{id}"data":{error}}}"#)))
            }
            Self::SocketIo { ack: Some(ack), .. } => {
                ack.send(&[&raw(&Refused { ok: false, error: problem })], &[])
            }
            // The form that clients of NestJS gateways expect.
            Self::SocketIo { socket, ack: None } => {
                let exception =
                    serde_json::json!({"status": "error", "message": problem.detail, "error": problem});
                socket.emit("exception", &[&raw(&exception)], &[])
            }
        };
    }
}

/// A failure as an acknowledgement tells it.
#[derive(Serialize)]
struct Refused<'a> {
    ok: bool,
    error: &'a Problem,
}

/// `{…}` as `{"ok":true,…}`.
fn with_ok(answer: &RawValue) -> Box<RawValue> {
    let members = answer.get().trim_start_matches('{');
    let comma = if members.trim_start().starts_with('}') { "" } else { "," };
    RawValue::from_string(format!(r#"{{"ok":true{comma}{members}"#)).unwrap_or_else(|_| raw(&false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_over_socketio_say_that_it_went_well() {
        let with = |json: &str| with_ok(&RawValue::from_string(json.to_owned()).expect("JSON")).to_string();
        assert_eq!(with("{}"), r#"{"ok":true}"#);
        assert_eq!(with(r#"{"read":3}"#), r#"{"ok":true,"read":3}"#);
        assert_eq!(with(r#"{"a":{"b":{}}}"#), r#"{"ok":true,"a":{"b":{}}}"#);
    }
}
