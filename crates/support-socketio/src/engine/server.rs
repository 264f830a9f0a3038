//! Which request is what.

use std::fmt;
use std::sync::Arc;

use actix_web::http::Method;
use actix_web::http::header::ORIGIN;
use actix_web::web::{self, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use tokio::time::Instant;

use super::client::Client;
use super::error::Error;
use super::handshake::Handshake;
use super::registry::Registry;
use super::session::{Occasion, Session};
use super::stage::Stage;
use super::{Handler, Settings};
use crate::admission::{Admission, Permit};
use crate::id;
use crate::websocket::{self, SendQueue};

/// The protocol version that is spoken.
const VERSION: &str = "4";

/// An Engine.IO server.
pub struct Server<H: Handler> {
    pub(super) handler: Arc<H>,
    pub(super) admission: Arc<Admission>,
    pub(super) settings: Settings,
    pub(super) sessions: Registry<Session<H>>,
}

/// How a client is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Transport {
    Polling,
    WebSocket,
}

/// What the query says. Of a parameter that is there twice nothing is known.
struct Query {
    transport: Option<Transport>,
    sid: Option<String>,
    version: Option<String>,
}

impl Query {
    fn of(request: &HttpRequest) -> Self {
        let parameters = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
        let parameters = parameters.map(web::Query::into_inner).unwrap_or_default();
        let only = |name: &str| {
            let mut values = parameters.iter().filter(|(known, _)| known == name).map(|(_, value)| value);
            let value = values.next()?;
            // A session id with a character that no id has is one that nobody has.
            Some(if values.next().is_some() { "?".to_owned() } else { value.clone() })
        };
        let transport = match only("transport").as_deref() {
            Some("polling") => Some(Transport::Polling),
            Some("websocket") => Some(Transport::WebSocket),
            _ => None,
        };
        Self { transport, sid: only("sid").filter(|sid| !sid.is_empty()), version: only("EIO") }
    }
}

impl<H: Handler> Server<H> {
    /// A server whose clients `admission` lets in.
    #[must_use]
    pub fn new(handler: Arc<H>, admission: Arc<Admission>, settings: Settings) -> Self {
        Self { handler, admission, settings, sessions: Registry::new() }
    }

    /// Registers every method on the path, with and without the slash at its end.
    pub fn configure(self: &Arc<Self>, config: &mut ServiceConfig) {
        let path = self.settings.path.trim_end_matches('/');
        let server = Arc::clone(self);
        let answer = move |request: HttpRequest, payload: Payload| {
            let server = Arc::clone(&server);
            async move { server.answer(&request, payload).await.unwrap_or_else(Error::response) }
        };
        config.service(web::resource([format!("{path}/"), path.to_owned()]).route(web::route().to(answer)));
    }

    /// Answers a request. The checks are in the order of the reference server.
    async fn answer(
        self: &Arc<Self>,
        request: &HttpRequest,
        payload: Payload,
    ) -> Result<HttpResponse, Error> {
        let query = Query::of(request);
        let transport = query.transport.ok_or(Error::UnknownTransport)?;
        if request.headers().get_all(ORIGIN).any(|origin| origin.to_str().is_err()) {
            return Err(Error::BadRequest);
        }
        let is_upgrade = transport == Transport::WebSocket && websocket::asks_for_websocket(request);
        let Some(sid) = query.sid else {
            if request.method() != Method::GET {
                return Err(Error::Method);
            }
            if transport == Transport::WebSocket && !is_upgrade {
                return Err(Error::BadRequest);
            }
            let permit = self.admission.admit(request).map_err(Error::Refused)?;
            if query.version.as_deref() != Some(VERSION) {
                return Err(Error::UnsupportedVersion);
            }
            return match transport {
                Transport::Polling => self.open_polling(request, permit),
                Transport::WebSocket => self.open_websocket(request, payload, permit),
            };
        };
        let session = self.find(&sid, request.method()).ok_or(Error::UnknownSession)?;
        if !is_upgrade && (transport == Transport::WebSocket) != session.stage().is_websocket() {
            return Err(Error::BadRequest);
        }
        if !self.admission.allows_origin_of(request) {
            return Err(Error::Refused(crate::admission::AdmissionError::Origin));
        }
        match (transport, request.method()) {
            (Transport::WebSocket, _) => self.upgrade(session, request, payload),
            (Transport::Polling, &Method::GET) => self.poll(session).await,
            (Transport::Polling, &Method::POST) => self.post(session, request, payload).await,
            (Transport::Polling, _) => Err(Error::BadRequest),
        }
    }

    /// A session that lives, or has something left to say. Timers fire late, so what is due is done first. A
    /// body that may hold the answer to a ping is read before its sender is given up.
    fn find(self: &Arc<Self>, sid: &str, method: &Method) -> Option<Arc<Session<H>>> {
        let session = self.sessions.find(sid)?;
        let now = Instant::now();
        if method == Method::POST {
            session.heartbeat().postpone(now);
        }
        self.look_after(&session, now, Occasion::Request);
        if session.stage().is_over() { None } else { Some(session) }
    }

    /// Begins a session.
    pub(super) fn begin(
        &self,
        request: &HttpRequest,
        stage: Stage,
        send_queue: SendQueue,
        permit: Permit,
    ) -> Result<Arc<Session<H>>, Error> {
        let handshake = Handshake::of(request, &self.admission).ok_or(Error::BadRequest)?;
        let id = id::draw().map_err(|error| {
            tracing::error!(%error, "no session was begun for want of random numbers");
            Error::BadRequest
        })?;
        let client = Client::new(id.clone(), handshake, send_queue, permit);
        let kept = self.handler.open(&client);
        let session = Arc::new(Session::new(client, kept, stage, &self.settings));
        self.sessions.insert(id, Arc::clone(&session));
        Ok(session)
    }
}

impl<H: Handler> fmt::Debug for Server<H> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Server").field("settings", &self.settings).finish_non_exhaustive()
    }
}
