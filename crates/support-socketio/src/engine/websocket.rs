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
use super::session::{Occasion, Session};
use super::stage::Stage;
use crate::admission::Permit;
use crate::heartbeat::HeartbeatAction;
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
            websocket::open(request, payload, &self.websocket_settings(), &[], send_queue.clone())
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
        // A ping that polling has not fetched goes out here.
        session.heartbeat().sent(Instant::now());
        let mut alarm = None;
        loop {
            let turn = std::future::poll_fn(|context| {
                self.poll_turn(&session, &mut connection, &mut alarm, context)
            });
            let flow = match turn.await {
                Turn::Message(Message::Text(text)) => match Packet::of_text(&text) {
                    Ok(packet) => self.process_and_ping(&session, packet, &mut alarm).await,
                    Err(_) => Flow::Broken,
                },
                Turn::Message(Message::Binary(bytes)) => {
                    self.process_and_ping(&session, Packet::Binary(bytes), &mut alarm).await
                }
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

    /// Processes a packet. A ping that falls due meanwhile is sent, but nobody is given up: an answer may be
    /// behind the packet, unread.
    async fn process_and_ping(
        self: &Arc<Self>,
        session: &Arc<Session<H>>,
        packet: Packet<'_>,
        alarm: &mut Option<Pin<Box<Sleep>>>,
    ) -> Flow {
        let mut processing = std::pin::pin!(self.process(session, packet));
        std::future::poll_fn(|context| {
            let flow = processing.as_mut().poll(context);
            if flow.is_pending() {
                let due = session.heartbeat().ping_due();
                if let Some(at) = due
                    && poll_alarm(alarm, at, context).is_ready()
                    && session.beat(Instant::now().max(at), Occasion::Request) == HeartbeatAction::Ping
                {
                    session.ping(true);
                }
            }
            flow
        })
        .await
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
            std::task::ready!(poll_alarm(alarm, at, context));
            match self.look_after(session, Instant::now().max(at), Occasion::Timer) {
                Next::At(next) => due = next,
                Next::Never => return Poll::Ready(Turn::Over),
            }
        }
    }
}

/// Ready at a moment.
fn poll_alarm(alarm: &mut Option<Pin<Box<Sleep>>>, at: Instant, context: &mut Context<'_>) -> Poll<()> {
    let alarm = alarm.get_or_insert_with(|| Box::pin(sleep_until(at)));
    if alarm.deadline() != at {
        alarm.as_mut().reset(at);
    }
    alarm.as_mut().poll(context)
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
