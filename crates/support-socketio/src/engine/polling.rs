//! Long-polling: a GET waits for what the server has to say, a POST brings what the client says.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::rt::{self, time};
use actix_web::web::{BytesMut, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_core::Stream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::Handler;
use super::error::Error;
use super::handshake::open_packet;
use super::life::{Flow, Next};
use super::packet::{CLOSE, NOOP, Packet, body};
use super::server::Server;
use super::session::{Occasion, Session};
use super::stage::{Arrival, CloseReason, Stage, Waiting};
use crate::admission::Permit;
use crate::websocket::SendQueue;

impl<H: Handler> Server<H> {
    /// Begins a session over polling.
    pub(super) fn open_polling(
        self: &Arc<Self>,
        request: &HttpRequest,
        permit: Permit,
    ) -> Result<HttpResponse, Error> {
        let session = self.begin(request, Stage::polling(), SendQueue::new(self.settings.queue), permit)?;
        let open = open_packet(session.client.id(), &["websocket"], &self.settings);
        rt::spawn(Arc::clone(self).watch(session));
        Ok(text(open.into_bytes()))
    }

    /// Answers a GET once there is something to say.
    pub(super) async fn poll(self: &Arc<Self>, session: Arc<Session<H>>) -> Result<HttpResponse, Error> {
        let arrival = session.stage().poll(Instant::now());
        match arrival {
            Arrival::Hold => {}
            Arrival::Tell(farewell) => {
                let answer = last_body(&session, farewell);
                self.forget(&session);
                return Ok(text(answer));
            }
            Arrival::Twice => {
                self.stop(&session);
                return Err(Error::BadRequest);
            }
            Arrival::Refuse(error) => return Err(error),
        }
        let mut held = Held { server: Arc::clone(self), session, is_answered: false };
        let mut nap = None;
        let answer = std::future::poll_fn(|context| self.poll_answer(&held.session, &mut nap, context)).await;
        held.is_answered = true;
        answer.map(text)
    }

    fn poll_answer(
        self: &Arc<Self>,
        session: &Arc<Session<H>>,
        nap: &mut Option<Pin<Box<Sleep>>>,
        context: &mut Context<'_>,
    ) -> Poll<Result<Vec<u8>, Error>> {
        let send_queue = session.client.send_queue();
        // Before looking, so that nothing happens unseen.
        send_queue.register_writer(context);
        loop {
            let waiting = session.stage().waiting();
            match waiting {
                Waiting::Look => match send_queue.take() {
                    (frames, true) => {
                        send_queue.put_back(frames);
                        self.leave(session, CloseReason::Close);
                    }
                    (frames, false) if frames.is_empty() => return Poll::Pending,
                    (frames, false) => {
                        // A ping may be among them.
                        session.heartbeat().sent(Instant::now());
                        return Poll::Ready(Ok(body(frames, None)));
                    }
                },
                Waiting::NoopAt(moment) => {
                    let nap = nap.get_or_insert_with(|| Box::pin(sleep_until(moment)));
                    return nap.as_mut().poll(context).map(|()| Ok(NOOP.into()));
                }
                Waiting::Tell(farewell) => {
                    let answer = last_body(session, farewell);
                    self.stop(session);
                    return Poll::Ready(Ok(answer));
                }
                Waiting::Refuse(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    /// Answers a POST once all of its packets are processed.
    pub(super) async fn post(
        self: &Arc<Self>,
        session: Arc<Session<H>>,
        request: &HttpRequest,
        payload: Payload,
    ) -> Result<HttpResponse, Error> {
        let posted = session.stage().post();
        if let Err((error, is_broken)) = posted {
            if is_broken {
                self.stop(&session);
            }
            return Err(error);
        }
        let mut posted = Posted { server: Arc::clone(self), session, is_answered: false };
        let content_type = request.headers().get(CONTENT_TYPE);
        if content_type.is_some_and(|value| value.as_bytes() == b"application/octet-stream") {
            return Err(Error::BadRequest);
        }
        let reading = read(request, payload, self.settings.max_payload);
        let patience = self.settings.ping_interval.saturating_add(self.settings.ping_timeout);
        let bytes = match time::timeout(patience, reading).await {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(Unread::TooLong)) => {
                posted.is_answered = true;
                return Ok(HttpResponse::new(StatusCode::PAYLOAD_TOO_LARGE));
            }
            Ok(Err(Unread::Cut)) | Err(_) => return Err(Error::BadRequest),
        };
        // In a task of its own: a client that hangs up stops nothing that was begun.
        let (server, session) = (Arc::clone(self), Arc::clone(&posted.session));
        let processing = rt::spawn(async move { server.process_body(&session, &bytes).await });
        match processing.await {
            Ok(Flow::On | Flow::Ended) => {
                posted.is_answered = true;
                Ok(HttpResponse::Ok()
                    .insert_header((CACHE_CONTROL, "no-store"))
                    .content_type("text/html")
                    .body("ok"))
            }
            Ok(Flow::Broken) => Err(Error::BadRequest),
            Err(error) => {
                tracing::error!(%error, "processing a message failed");
                Ok(HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR))
            }
        }
    }

    async fn process_body(self: &Arc<Self>, session: &Arc<Session<H>>, bytes: &[u8]) -> Flow {
        let Ok(text) = std::str::from_utf8(bytes) else { return Flow::Broken };
        if Packet::body_has_pong(text) {
            // It was received, however long the packets before it take.
            session.hear();
        }
        for packet in Packet::of_body(text) {
            let flow = match packet {
                Ok(packet) => self.process(session, packet).await,
                Err(_) => Flow::Broken,
            };
            if flow != Flow::On {
                return flow;
            }
        }
        Flow::On
    }

    /// Looks after a session until it is over or on a WebSocket.
    async fn watch(self: Arc<Self>, session: Arc<Session<H>>) {
        let mut alarm = None;
        loop {
            let goes_on =
                std::future::poll_fn(|context| self.poll_watch(&session, &mut alarm, context)).await;
            if !goes_on {
                break;
            }
            self.attend(&session).await;
        }
    }

    /// Ready with true when the handler is to attend to the session, with false when there is nothing left to
    /// watch.
    fn poll_watch(
        self: &Arc<Self>,
        session: &Arc<Session<H>>,
        alarm: &mut Option<Pin<Box<Sleep>>>,
        context: &mut Context<'_>,
    ) -> Poll<bool> {
        // Before looking, so that nothing happens unseen.
        session.client.send_queue().register_watcher(context);
        loop {
            if session.stage().is_websocket() {
                return Poll::Ready(false);
            }
            if session.client.take_attention() {
                return Poll::Ready(true);
            }
            let Next::At(due) = self.look_after(session, Instant::now(), Occasion::Timer) else {
                return Poll::Ready(false);
            };
            let Some(due) = due else { return Poll::Pending };
            let alarm = alarm.get_or_insert_with(|| Box::pin(sleep_until(due)));
            if alarm.deadline() != due {
                alarm.as_mut().reset(due);
            }
            std::task::ready!(alarm.as_mut().poll(context));
        }
    }
}

/// A GET that waits. If it is given up, so is the session, unless the client may be moving to a WebSocket.
struct Held<H: Handler> {
    server: Arc<Server<H>>,
    session: Arc<Session<H>>,
    is_answered: bool,
}

impl<H: Handler> Drop for Held<H> {
    fn drop(&mut self) {
        let is_lost = self.session.stage().end_poll() && !self.is_answered;
        if is_lost {
            self.server.stop(&self.session);
        }
        self.server.forget(&self.session);
    }
}

/// A POST that is read or processed. If it is given up or wrong, the session ends.
struct Posted<H: Handler> {
    server: Arc<Server<H>>,
    session: Arc<Session<H>>,
    is_answered: bool,
}

impl<H: Handler> Drop for Posted<H> {
    fn drop(&mut self) {
        self.session.stage().end_post();
        if !self.is_answered {
            self.server.stop(&self.session);
        }
    }
}

/// Why a body was not read.
enum Unread {
    TooLong,
    Cut,
}

/// Reads a body, and nothing beyond the limit.
async fn read(request: &HttpRequest, mut payload: Payload, limit: usize) -> Result<BytesMut, Unread> {
    let claimed = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if claimed.is_some_and(|length: usize| length > limit) {
        return Err(Unread::TooLong);
    }
    let mut bytes = BytesMut::new();
    while let Some(chunk) = std::future::poll_fn(|context| Pin::new(&mut payload).poll_next(context)).await {
        let chunk = chunk.map_err(|_| Unread::Cut)?;
        if bytes.len() + chunk.len() > limit {
            return Err(Unread::TooLong);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn last_body<H: Handler>(session: &Session<H>, farewell: CloseReason) -> Vec<u8> {
    match farewell {
        CloseReason::Noop => NOOP.into(),
        CloseReason::Close => body(session.client.send_queue().take().0, Some(CLOSE)),
    }
}

fn text(body: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_TYPE, "text/plain; charset=UTF-8"))
        .body(body)
}
