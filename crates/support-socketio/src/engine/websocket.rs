//! A session on a WebSocket.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, rt};
use tokio::time::{Instant, Sleep, sleep_until};

use super::Handler;
use super::client::Client;
use super::error::Error;
use super::handshake::open_packet;
use super::life::{Flow, Next};
use super::packet::Packet;
use super::server::Server;
use super::session::Session;
use super::stage::Stage;
use crate::admission::Permit;
use crate::websocket::{self, Connection, Frame, Message, SendQueue, code};

/// What happened on a session's WebSocket.
enum Turn {
    Message(Message),
    /// The handler is to attend to the session.
    Attention,
    Over,
}

impl<H: Handler> Server<H> {
    /// Begins a session over a WebSocket.
    pub(super) fn open_websocket(
        self: &Arc<Self>,
        request: &HttpRequest,
        payload: Payload,
        permit: Permit,
    ) -> Result<HttpResponse, Error> {
        let send_queue = SendQueue::new(self.settings.queue);
        let (response, connection) =
            websocket::open(request, payload, &self.websocket_settings(), None, send_queue.clone())
                .map_err(|_| Error::BadRequest)?;
        let session = self.begin(request, Stage::websocket(), send_queue, permit)?;
        // An empty queue takes it.
        let _ = session.client.send_queue().push(Frame::text(&open_packet(
            session.client.id(),
            &[],
            &self.settings,
        )));
        rt::spawn(Arc::clone(self).run(session, connection));
        Ok(response)
    }

    /// The protocol has pings of its own.
    pub(super) fn websocket_settings(&self) -> websocket::Settings {
        websocket::Settings {
            ping_interval: std::time::Duration::MAX,
            ping_timeout: self.settings.ping_timeout,
            max_frame: self.settings.max_payload,
            queue: self.settings.queue,
            close_grace: self.settings.close_grace,
        }
    }

    /// Serves a session's WebSocket to its end.
    pub(super) async fn run(self: Arc<Self>, session: Arc<Session<H>>, mut connection: Connection) {
        let _ending = Ending { server: Arc::clone(&self), session: Arc::clone(&session) };
        connection.keep(Release(session.client.clone()));
        let mut alarm = None;
        loop {
            let turn = std::future::poll_fn(|context| {
                self.poll_turn(&session, &mut connection, &mut alarm, context)
            });
            let flow = match turn.await {
                Turn::Message(Message::Text(text)) => match Packet::of_text(&text) {
                    Ok(packet) => self.process(&session, packet).await,
                    Err(_) => Flow::Broken,
                },
                Turn::Message(Message::Binary(bytes)) => self.process(&session, Packet::Binary(bytes)).await,
                Turn::Attention => {
                    self.attend(&session).await;
                    Flow::On
                }
                Turn::Over => Flow::Ended,
            };
            match flow {
                Flow::On => {}
                Flow::Ended => break,
                Flow::Broken => {
                    connection.send_queue().close(code::PROTOCOL, "not a packet");
                    break;
                }
            }
        }
    }

    fn poll_turn(
        self: &Arc<Self>,
        session: &Arc<Session<H>>,
        connection: &mut Connection,
        alarm: &mut Option<Pin<Box<Sleep>>>,
        context: &mut Context<'_>,
    ) -> Poll<Turn> {
        // Before looking, so that nothing happens unseen.
        session.client.send_queue().register_watcher(context);
        if session.client.take_attention() {
            return Poll::Ready(Turn::Attention);
        }
        if let Poll::Ready(message) = connection.poll_receive(context) {
            return Poll::Ready(message.map_or(Turn::Over, Turn::Message));
        }
        let mut due = session.due();
        loop {
            let Some(at) = due else { return Poll::Pending };
            let alarm = alarm.get_or_insert_with(|| Box::pin(sleep_until(at)));
            if alarm.deadline() != at {
                alarm.as_mut().reset(at);
            }
            std::task::ready!(alarm.as_mut().poll(context));
            match self.look_after(session, Instant::now().max(at)) {
                Next::At(next) => due = next,
                Next::Never => return Poll::Ready(Turn::Over),
            }
        }
    }
}

/// However serving a session ends, even by a panic, the session ends with it.
struct Ending<H: Handler> {
    server: Arc<Server<H>>,
    session: Arc<Session<H>>,
}

impl<H: Handler> Drop for Ending<H> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.session.client.send_queue().close(code::INTERNAL, "the server failed");
        }
        self.server.stop(&self.session);
    }
}

/// Releases a client when its connection is gone.
struct Release(Client);

impl Drop for Release {
    fn drop(&mut self) {
        self.0.release();
    }
}
