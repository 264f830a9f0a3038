//! A connection to `/support/ws`: text frames `{event, data, id?}`.

use std::io::{self, ErrorKind};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};
use tungstenite::client::ClientRequestBuilder;
use tungstenite::{Error, HandshakeError, Message, WebSocket};

/// How long the handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long one look for a frame takes, and so how long a typed line waits at most.
const LOOK: Duration = Duration::from_millis(50);
/// The server pings every 25 s. After so long a silence the connection is dead, though nobody closed it.
const SILENCE: Duration = Duration::from_mins(1);

/// Why a connection ended, or could not be made.
pub(crate) enum End {
    /// It broke, or the server closed it: come back.
    Lost(String),
    /// The token holds no longer: come back with another one.
    Unauthenticated(String),
    /// It would not help to come back.
    Refused(String),
}

/// A frame from the server: an event, or with an id the answer to the client's frame of that id.
#[derive(Deserialize)]
pub(crate) struct Frame {
    pub(crate) event: String,
    pub(crate) data: Value,
    pub(crate) id: Option<u64>,
}

/// An open connection.
pub(crate) struct Connection {
    socket: WebSocket<TcpStream>,
    heard: Instant,
}

impl Connection {
    /// Connects to `host`, and says with `token` who is there.
    pub(crate) fn open(host: &str, token: &str) -> Result<Self, End> {
        let uri = format!("ws://{host}/support/ws").parse();
        let uri = uri.map_err(|_| End::Refused(format!("{host} is no host")))?;
        let request = ClientRequestBuilder::new(uri).with_header("Authorization", format!("Bearer {token}"));
        let stream = connect(host).map_err(|error| lost(&error.into()))?;
        let (socket, _) = tungstenite::client(request, stream).map_err(|error| match error {
            HandshakeError::Failure(error) => lost(&error),
            HandshakeError::Interrupted(_) => End::Lost("the server does not answer".to_owned()),
        })?;
        socket.get_ref().set_read_timeout(Some(LOOK)).map_err(|error| lost(&error.into()))?;
        Ok(Self { socket, heard: Instant::now() })
    }

    /// Sends an event that is to be answered under `id`.
    pub(crate) fn send(&mut self, event: &str, id: u64, data: &Value) -> Result<(), End> {
        let frame = json!({ "event": event, "id": id, "data": data });
        self.socket.send(Message::text(frame.to_string())).map_err(|error| lost(&error))
    }

    /// The next frame, if one comes soon. Pings are answered on the way.
    pub(crate) fn next(&mut self) -> Result<Option<Frame>, End> {
        let message = match self.socket.read() {
            Err(Error::Io(error))
                if error.kind() == ErrorKind::WouldBlock && self.heard.elapsed() < SILENCE =>
            {
                return Ok(None);
            }
            message => message.map_err(|error| lost(&error))?,
        };
        self.heard = Instant::now();
        match message {
            Message::Text(text) => {
                serde_json::from_str(&text).map(Some).map_err(|error| End::Refused(error.to_string()))
            }
            Message::Close(frame) => Err(frame.map_or_else(
                || End::Lost("connection closed".to_owned()),
                |frame| closed(frame.code.into(), &frame.reason),
            )),
            _ => Ok(None),
        }
    }

    /// Says goodbye.
    pub(crate) fn close(&mut self) {
        // It is over either way.
        let _ = self.socket.close(None).and_then(|()| self.socket.flush());
    }
}

fn connect(host: &str) -> io::Result<TcpStream> {
    let stream = if host.contains(':') { TcpStream::connect(host) } else { TcpStream::connect((host, 80)) }?;
    stream.set_read_timeout(Some(HANDSHAKE))?;
    Ok(stream)
}

/// What a failure means. A handshake may be answered with an HTTP status.
fn lost(error: &Error) -> End {
    match error {
        Error::Http(response) if response.status().is_client_error() && response.status() != 429 => {
            End::Refused(format!("the server answers {}", response.status()))
        }
        error => End::Lost(error.to_string()),
    }
}

/// What a close code means.
fn closed(code: u16, reason: &str) -> End {
    let why = format!("closed by the server ({code} {reason})");
    match code {
        4401 => End::Unauthenticated(why),
        1008 => End::Refused(why),
        _ => End::Lost(why),
    }
}
