//! The two ways into the live desk.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;

use serde_json::json;
use tungstenite::client::IntoClientRequest;
use tungstenite::http::{HeaderName, HeaderValue};
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Error, HandshakeError};

use super::{Client, wire};
use crate::{Desk, Person};

/// A test has a thousand clients; the usual buffers are of 128 KiB.
const BUFFER_BYTES: usize = 4 * 1024;

/// A way in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Transport {
    /// Plain WebSocket.
    Plain,
    /// Socket.IO, by WebSocket from the start.
    SocketIo,
}

impl Transport {
    /// Both transports.
    pub const BOTH: [Self; 2] = [Self::Plain, Self::SocketIo];

    /// The address of its WebSocket.
    pub fn path(self) -> &'static str {
        match self {
            Self::Plain => "/support/ws",
            Self::SocketIo => "/socket.io/?EIO=4&transport=websocket",
        }
    }

    /// Its name in the figures of the server.
    pub fn label(self) -> &'static str {
        match self {
            Self::Plain => "websocket",
            Self::SocketIo => "socketio",
        }
    }

    /// Opens a connection for somebody who has a token, and waits until the server has taken them in.
    #[track_caller]
    pub fn enter(self, desk: &Desk, person: &Person) -> Client {
        let address = match desk.server.address() {
            Ok(address) => address,
            Err(error) => panic!("{error:?}"),
        };
        let mut client = match self.open(address, &[]) {
            Ok(client) => client,
            Err(refusal) => panic!("{self:?} should let everybody in: {refusal:?}"),
        };
        if let Err(problem) = client.authenticate(person.http.token()) {
            panic!("{self:?} should take the token: {problem}");
        }
        // What is answered comes after what was to be done to let them in.
        client.done("leave_ticket_room", &json!({ "ticketId": "TKT-2000-001" }));
        client
    }

    /// Opens a connection with these headers, for somebody who is still to say who they are.
    ///
    /// # Errors
    /// The response, if the server refuses.
    #[track_caller]
    pub fn open(self, address: SocketAddr, headers: &[(&str, &str)]) -> Result<Client, Refusal> {
        let mut request = match format!("ws://{address}{}", self.path()).into_client_request() {
            Ok(request) => request,
            Err(error) => panic!("{error}"),
        };
        for (name, value) in headers {
            let header = (name.parse::<HeaderName>(), value.parse::<HeaderValue>());
            let (Ok(name), Ok(value)) = header else { panic!("no header: {name}: {value}") };
            request.headers_mut().append(name, value);
        }
        let config = WebSocketConfig::default().read_buffer_size(BUFFER_BYTES).write_buffer_size(0);
        let stream = wire::connect(address);
        match tungstenite::client::client_with_config(request, stream, Some(config)) {
            Ok((socket, response)) => {
                let protocol = response.headers().get("sec-websocket-protocol");
                Ok(Client {
                    transport: self,
                    socket,
                    protocol: protocol.and_then(|name| name.to_str().ok()).map(str::to_owned),
                    asked: 0,
                    entry: None,
                    answers: BTreeMap::new(),
                    heard: VecDeque::new(),
                    code: None,
                })
            }
            Err(HandshakeError::Failure(Error::Http(response))) => {
                let status = response.status().as_u16();
                let body = response.into_body().unwrap_or_default();
                Err(Refusal { status, body: String::from_utf8_lossy(&body).into_owned() })
            }
            Err(error) => panic!("{self:?} should answer the handshake: {error}"),
        }
    }
}

/// The response to a handshake that was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// Its status.
    pub status: u16,
    /// As much of its body as came with the head.
    pub body: String,
}
