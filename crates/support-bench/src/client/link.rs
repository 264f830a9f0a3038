//! The helpdesk's own events over any transport.

use std::net::SocketAddr;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::Transport;
use super::polling::Polling;
use super::stream::Stream;
use super::websocket::WebSocket;
use crate::failure::{Failure, Result};

/// The start of what is acknowledged, in the namespace of the helpdesk.
const ACK: &str = "43/support,";

/// A client that was let in.
#[derive(Debug)]
pub(crate) struct Link {
    wire: Wire,
    asked: u32,
}

#[derive(Debug)]
enum Wire {
    Plain(WebSocket),
    SocketIo(WebSocket),
    Polling(Polling),
}

/// A message, of which only its place is looked at.
#[derive(Deserialize)]
pub(crate) struct Placed {
    pub(crate) sequence: u32,
}

#[derive(Deserialize)]
struct Joined {
    messages: Vec<Placed>,
}

impl Link {
    /// Connects and authenticates. Through [`Transport::Bare`] it waits for the first text.
    pub(crate) async fn open(transport: Transport, address: SocketAddr, token: &str) -> Result<Self> {
        Self::over(transport, Stream::connect(address).await?, token).await
    }

    /// The same over a connection.
    pub(crate) async fn over(transport: Transport, stream: Stream, token: &str) -> Result<Self> {
        let mut wire = match transport {
            Transport::Plain => {
                let authorization = format!("Authorization: Bearer {token}\r\n");
                Wire::Plain(WebSocket::open(stream, "/support/ws", &authorization).await?)
            }
            Transport::SocketIo => {
                let path = "/socket.io/?EIO=4&transport=websocket";
                Wire::SocketIo(WebSocket::open(stream, path, "").await?)
            }
            Transport::Polling => Wire::Polling(Polling::open(stream).await?),
            Transport::ActixWs => Wire::Plain(WebSocket::open(stream, "/ws", "").await?),
            Transport::Bare => {
                let mut socket = WebSocket::bare(stream);
                socket.receive(&mut |_| Ok(())).await?;
                Wire::Plain(socket)
            }
        };
        if matches!(transport, Transport::SocketIo | Transport::Polling) {
            wire.send(&format!("40/support,{}", json!({ "token": token }))).await?;
            wire.first(|packet| match packet {
                [b'4', b'0', ..] => Some(Ok(())),
                [b'4', b'4', ..] => Some(Err(Failure::new(String::from_utf8_lossy(packet)))),
                _ => None,
            })
            .await?;
        }
        Ok(Self { wire, asked: 0 })
    }

    /// Enters a ticket's room. Returns the sequence of its last message, 0 if there is none.
    pub(crate) async fn join(&mut self, ticket: &str) -> Result<u32> {
        let joined: Joined = self.ask("join_ticket_room", &json!({ "ticketId": ticket })).await?;
        Ok(joined.messages.last().map_or(0, |message| message.sequence))
    }

    /// Says an event and waits for its answer. Other events that come meanwhile are passed over.
    pub(crate) async fn ask<T: DeserializeOwned>(&mut self, event: &str, data: &Value) -> Result<T> {
        self.asked += 1;
        let id = self.asked;
        let answer = if let Wire::Plain(socket) = &mut self.wire {
            socket.send(&json!({ "event": event, "data": data, "id": id }).to_string()).await?;
            self.wire.first(|frame| plain_answer(frame, id)).await
        } else {
            self.wire.send(&format!("42/support,{id}{}", json!([event, data]))).await?;
            self.wire.first(|packet| socketio_answer(packet, id)).await
        };
        answer.map_err(|failure| failure.of(event))
    }

    /// The WebSocket, to do with it what no client does.
    pub(crate) fn into_websocket(self) -> Result<WebSocket> {
        match self.wire {
            Wire::Plain(socket) | Wire::SocketIo(socket) => Ok(socket),
            Wire::Polling(_) => Err(Failure::new("there is no WebSocket under polling")),
        }
    }

    /// Waits for texts and hands on each that has come, whole. Heartbeats are answered on the way.
    pub(crate) async fn receive(&mut self, on: &mut impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        self.wire.receive(on).await
    }
}

impl Wire {
    async fn send(&mut self, text: &str) -> Result<()> {
        match self {
            Self::Plain(socket) | Self::SocketIo(socket) => socket.send(text).await,
            Self::Polling(polling) => polling.send(text).await,
        }
    }

    async fn receive(&mut self, on: &mut impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let mut is_pinged = false;
        let mut on = |packet: &[u8]| {
            is_pinged |= packet == b"2";
            on(packet)
        };
        match self {
            Self::Plain(socket) => return socket.receive(&mut on).await,
            Self::SocketIo(socket) => socket.receive(&mut on).await?,
            Self::Polling(polling) => polling.receive(&mut on).await?,
        }
        if is_pinged { self.send("3").await } else { Ok(()) }
    }

    /// The first text of which `read` makes something.
    async fn first<T>(&mut self, read: impl Fn(&[u8]) -> Option<Result<T>>) -> Result<T> {
        let mut found = None;
        while found.is_none() {
            self.receive(&mut |text| {
                found = found.take().or_else(|| read(text));
                Ok(())
            })
            .await?;
        }
        found.unwrap_or_else(|| Err(Failure::new("nothing was found")))
    }
}

#[derive(Deserialize)]
struct PlainFrame<'a> {
    event: &'a str,
    id: Option<u32>,
    #[serde(borrow)]
    data: &'a RawValue,
}

fn plain_answer<T: DeserializeOwned>(frame: &[u8], id: u32) -> Option<Result<T>> {
    let frame: PlainFrame<'_> = match serde_json::from_slice(frame) {
        Ok(frame) => frame,
        Err(error) => return Some(Err(error.into())),
    };
    match frame.event {
        "ack" if frame.id == Some(id) => Some(serde_json::from_str(frame.data.get()).map_err(Failure::from)),
        "error" => Some(Err(Failure::new(frame.data.get()))),
        _ => None,
    }
}

fn socketio_answer<T: DeserializeOwned>(packet: &[u8], id: u32) -> Option<Result<T>> {
    let arguments = packet.strip_prefix(ACK.as_bytes())?.strip_prefix(id.to_string().as_bytes())?;
    let answer = match serde_json::from_slice::<[Value; 1]>(arguments) {
        Ok([answer]) => answer,
        Err(error) => return Some(Err(error.into())),
    };
    if answer.get("ok") == Some(&Value::Bool(true)) {
        return Some(serde_json::from_value(answer).map_err(Failure::from));
    }
    Some(Err(Failure::new(answer.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(answer: Option<Result<Placed>>) -> String {
        match answer {
            None => "none".to_owned(),
            Some(Ok(placed)) => placed.sequence.to_string(),
            Some(Err(failure)) => failure.to_string(),
        }
    }

    #[test]
    fn a_plain_answer_is_told_by_its_id() {
        let of = |frame: &str| shown(plain_answer(frame.as_bytes(), 3));
        assert_eq!(of(r#"{"event":"ack","id":3,"data":{"sequence":9,"x":1}}"#), "9");
        assert_eq!(of(r#"{"event":"ack","id":4,"data":{}}"#), "none");
        assert_eq!(of(r#"{"event":"new_message","data":{"sequence":9}}"#), "none");
        assert_eq!(of(r#"{"event":"error","id":3,"data":{"status":409}}"#), r#"{"status":409}"#);
        assert!(of("nonsense").starts_with("expected"));
    }

    #[test]
    fn a_socketio_answer_is_told_by_its_id() {
        let of = |packet: &str| shown(socketio_answer(packet.as_bytes(), 3));
        assert_eq!(of(r#"43/support,3[{"ok":true,"sequence":9}]"#), "9");
        assert_eq!(of(r#"43/support,4[{"ok":true,"sequence":9}]"#), "none");
        assert_eq!(of(r#"42/support,["new_message",{}]"#), "none");
        assert_eq!(of(r#"43/support,3[{"ok":false}]"#), r#"{"ok":false}"#);
    }
}
