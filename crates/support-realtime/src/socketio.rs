//! The Socket.IO transport: namespace `/support` at `/socket.io/`.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use support_api::problem::{Kind, Problem};
use support_domain::time::Timestamp;
use support_socketio::socket::{Application, ConnectError, Event, Socket};
use support_web::bearer_token;

use crate::broadcast::{NAMESPACE, Transport, raw};
use crate::failure::Failure;
use crate::gateway::Gateway;
use crate::reply::Reply;
use crate::session::Session;

/// What is said over Socket.IO is said to the gateway.
pub(crate) struct SocketIoTransport {
    pub(crate) gateway: Arc<Gateway>,
}

/// A client in the namespace.
pub(crate) struct SocketIoSession {
    session: Arc<Session>,
    socket: Socket,
    expires_at: Timestamp,
}

/// The payload of CONNECT: what a client gives as `auth`. What else is in it is of no concern here.
#[derive(Deserialize)]
struct Auth {
    #[serde(default)]
    token: Option<String>,
}

impl Application for SocketIoTransport {
    type Session = SocketIoSession;

    fn knows(&self, namespace: &str) -> bool {
        namespace == NAMESPACE
    }

    async fn connect(
        &self,
        socket: &Socket,
        auth: Option<&RawValue>,
    ) -> Result<SocketIoSession, ConnectError> {
        let token = token(auth, socket.handshake().authorization());
        let token = token.ok_or_else(|| refused(&self.gateway.token_missing()))?;
        let bearer = self.gateway.authenticate(&token).map_err(|problem| refused(&problem))?;
        let session = self.gateway.session(&bearer, Transport::SocketIo, socket.send_queue().clone());
        Ok(SocketIoSession { session, socket: socket.clone(), expires_at: bearer.expires_at })
    }

    async fn connected(&self, guest: &Arc<SocketIoSession>) {
        self.gateway.welcome(&guest.session, guest.expires_at);
    }

    async fn event(&self, guest: &Arc<SocketIoSession>, event: Event) {
        let Event { name, args, attachments, ack } = event;
        let reply = Reply::SocketIo { socket: guest.socket.clone(), ack };
        let data = match args.first() {
            Some(arg) => serde_json::from_str(arg.get()).unwrap_or_default(),
            None => Value::Object(Map::new()),
        };
        if attachments.is_empty() {
            self.gateway.handle(&guest.session, &name, &data, reply).await;
        } else {
            let failure = Failure::new(Kind::UNSUPPORTED_MEDIA_TYPE, "events here carry no binary data");
            self.gateway.refuse(&guest.session, failure, reply);
        }
    }

    fn disconnect(&self, guest: &Arc<SocketIoSession>) {
        self.gateway.farewell(&guest.session);
    }
}

/// The token of the `auth` payload, or else of the header.
fn token(auth: Option<&RawValue>, authorization: Option<&str>) -> Option<String> {
    let auth = auth.and_then(|auth| serde_json::from_str::<Auth>(auth.get()).ok());
    let from_header = || authorization.map(|header| bearer_token(header).unwrap_or_default().to_owned());
    auth.and_then(|auth| auth.token).or_else(from_header)
}

/// A refusal whose `data` is the problem.
fn refused(problem: &Problem) -> ConnectError {
    ConnectError { message: problem.detail.clone(), data: Some(raw(problem)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_payload_comes_before_the_header() {
        let auth = |json: &str| RawValue::from_string(json.to_owned()).expect("JSON");
        assert_eq!(token(Some(&auth(r#"{"token":"a","x":1}"#)), Some("Bearer b")).as_deref(), Some("a"));
        assert_eq!(token(Some(&auth(r#"{"token":5}"#)), Some("Bearer b")).as_deref(), Some("b"));
        assert_eq!(token(None, Some("Basic b")).as_deref(), Some(""));
        assert_eq!(token(None, None), None);
    }
}
