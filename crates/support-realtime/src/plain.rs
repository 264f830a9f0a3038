//! The plain transport: `GET /support/ws`, text frames `{"event", "data", "id"?}`.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::{AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL};
use actix_web::{HttpRequest, HttpResponse, rt, web};
use serde_json::{Map, Value};
use support_api::live::Done;
use support_api::problem::{Kind, Problem};
use support_api::reader;
use support_api::request::Authenticate;
use support_socketio::admission::Admission;
use support_socketio::websocket::{self, Connection, Message};
use support_web::bearer_token;
use tokio::time::timeout;

use crate::auth::Bearer;
use crate::broadcast::{Transport, raw};
use crate::failure::Failure;
use crate::gateway::Gateway;
use crate::reply::Reply;
use crate::session::{Session, UNAUTHENTICATED};

/// The subprotocol by which a browser says that it brings a token (`docs/contract.md`, section 4.1).
const PROTOCOL: &str = "support.v1";
/// What stands before the token among the subprotocols.
const BEARER: &str = "bearer.";
/// How long a client may take to authenticate.
const PATIENCE: Duration = Duration::from_secs(5);
/// Close code: data of a kind that is not taken (RFC 6455, section 7.4.1).
const UNSUPPORTED: u16 = 1003;
/// Close code: the service failed (RFC 6455, section 7.4.1).
const INTERNAL: u16 = 1011;

/// What the transport is made of.
pub(crate) struct PlainTransport {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) admission: Arc<Admission>,
    pub(crate) settings: websocket::Settings,
}

/// Opens a WebSocket. Whether its token holds is said by the close code, which a browser's page can read; the
/// status of a refused handshake it cannot.
pub(crate) async fn open(
    transport: web::Data<PlainTransport>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, actix_web::Error> {
    let permit = transport.admission.admit(&request)?;
    let token = token(&request, &protocols(&request));
    let (response, connection) =
        websocket::accept(&request, payload, &transport.settings, &[PROTOCOL], permit)?;
    let gateway = Arc::clone(&transport.gateway);
    rt::spawn(async move { serve(&gateway, connection, token).await });
    Ok(response)
}

fn protocols(request: &HttpRequest) -> Vec<&str> {
    let lists = request.headers().get_all(SEC_WEBSOCKET_PROTOCOL).filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',').map(str::trim)).collect()
}

/// The token that the handshake brought: in `Authorization`, or among the subprotocols.
fn token(request: &HttpRequest, protocols: &[&str]) -> Option<String> {
    let header = request.headers().get(AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    let among = || protocols.iter().find_map(|name| name.strip_prefix(BEARER));
    // A header that holds no bearer token is a token that does not hold, rather than none.
    header.map(|header| bearer_token(header).unwrap_or_default()).or_else(among).map(str::to_owned)
}

async fn serve(gateway: &Gateway, mut connection: Connection, token: Option<String>) {
    let bearer = match token {
        Some(token) => gateway.authenticate(&token).map_err(|problem| (None, problem)),
        None => first_frame(gateway, &mut connection).await,
    };
    match bearer {
        Ok(bearer) => converse(gateway, &mut connection, &bearer).await,
        Err((id, problem)) => {
            let send_queue = connection.send_queue().clone();
            Reply::Plain { send_queue: send_queue.clone(), id }.fail(&problem);
            send_queue.close(UNAUTHENTICATED, "no token that holds");
        }
    }
    // The other side is given the time to answer the closing handshake.
    while connection.receive().await.is_some() {}
}

/// Waits for the frame that authenticates.
async fn first_frame(
    gateway: &Gateway,
    connection: &mut Connection,
) -> Result<Bearer, (Option<u64>, Box<Problem>)> {
    let missing = || (None, gateway.token_missing());
    let Ok(Some(Message::Text(text))) = timeout(PATIENCE, connection.receive()).await else {
        return Err(missing());
    };
    let frame = Frame::parse(&text).map_err(|_| missing())?;
    if frame.event != "authenticate" {
        return Err((frame.id, gateway.token_missing()));
    }
    let token = reader::read::<Authenticate>(&frame.data)
        .map_err(|violations| (frame.id, gateway.problem(Problem::validation(violations).into())))?;
    let bearer = gateway.authenticate(&token).map_err(|problem| (frame.id, problem))?;
    Reply::Plain { send_queue: connection.send_queue().clone(), id: frame.id }.ok(&raw(&Done {}));
    Ok(bearer)
}

async fn converse(gateway: &Gateway, connection: &mut Connection, bearer: &Bearer) {
    connection.permit().mark_authenticated();
    let send_queue = connection.send_queue().clone();
    let session = gateway.session(bearer, Transport::Plain, send_queue.clone());
    gateway.welcome(&session, bearer.expires_at);
    let _stay = Stay { gateway, session: &session };
    while let Some(message) = connection.receive().await {
        let Message::Text(text) = message else {
            send_queue.close(UNSUPPORTED, "frames are text");
            break;
        };
        match Frame::parse(&text) {
            Ok(Frame { event, data, id }) => {
                let reply = Reply::Plain { send_queue: send_queue.clone(), id };
                gateway.handle(&session, &event, &data, reply).await;
            }
            Err((id, why)) => {
                let reply = Reply::Plain { send_queue: send_queue.clone(), id };
                gateway.refuse(&session, Failure::new(Kind::MALFORMED, why), reply);
            }
        }
    }
}

/// Says farewell at its end, also when that is a panic.
struct Stay<'a> {
    gateway: &'a Gateway,
    session: &'a Session,
}

impl Drop for Stay<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.session.close(INTERNAL, "the service failed");
        }
        self.gateway.farewell(self.session);
    }
}

/// What a client says: an event with its data and, if it wants an answer, a number.
#[derive(Debug, PartialEq)]
struct Frame {
    event: String,
    data: Value,
    id: Option<u64>,
}

impl Frame {
    /// Reads a frame; else says why it is none, with its number as far as that can be told.
    fn parse(text: &str) -> Result<Self, (Option<u64>, &'static str)> {
        let Ok(Value::Object(mut members)) = serde_json::from_str(text) else {
            return Err((None, "a frame is a JSON object"));
        };
        let id = match members.remove("id") {
            None => None,
            Some(id) => Some(id.as_u64().ok_or((None, "`id` is a whole number, at least 0"))?),
        };
        let Some(Value::String(event)) = members.remove("event") else {
            return Err((id, "`event` is the name of an event"));
        };
        let data = members.remove("data").unwrap_or_else(|| Map::new().into());
        if !members.is_empty() {
            return Err((id, "a frame has `event`, `data` and `id`, and nothing else"));
        }
        Ok(Self { event, data, id })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn frames_have_an_event_data_and_a_number() {
        let frame = Frame { event: "x".to_owned(), data: json!({"a": 1}), id: Some(7) };
        assert_eq!(Frame::parse(r#"{"event":"x","data":{"a":1},"id":7}"#), Ok(frame));
        let bare = Frame { event: "x".to_owned(), data: json!({}), id: None };
        assert_eq!(Frame::parse(r#"{"event":"x"}"#), Ok(bare));
        for (text, id) in [
            ("", None),
            ("[]", None),
            ("{\"event\":\"x\"", None),
            (r#"{"id":3}"#, Some(3)),
            (r#"{"event":5,"id":3}"#, Some(3)),
            (r#"{"event":"x","id":-1}"#, None),
            (r#"{"event":"x","id":3,"more":1}"#, Some(3)),
        ] {
            assert_eq!(Frame::parse(text).expect_err(text).0, id, "{text}");
        }
    }

    #[test]
    fn tokens_come_in_the_header_or_among_the_protocols() {
        let read = |headers: &[(&str, &str)]| {
            let request = headers
                .iter()
                .fold(actix_web::test::TestRequest::get(), |request, header| request.append_header(*header))
                .to_http_request();
            token(&request, &protocols(&request))
        };
        let protocol = ("Sec-WebSocket-Protocol", "support.v1, bearer.a.b.c");
        assert_eq!(read(&[("Authorization", "bearer  x.y.z ")]).as_deref(), Some("x.y.z"));
        assert_eq!(read(&[protocol]).as_deref(), Some("a.b.c"));
        assert_eq!(read(&[protocol, ("Authorization", "Basic x")]).as_deref(), Some(""));
        assert_eq!(read(&[("Sec-WebSocket-Protocol", "support.v1")]), None);
    }
}
