//! A connection as its owner sees it.

use std::any::Any;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, rt};
use tokio::time::{Instant, Sleep, sleep_until};

use super::body::Body;
use super::closing::close_down;
use super::frame::Frame;
use super::handshake::{HandshakeError, respond};
use super::intake::{FrameSource, ReadEvent};
use super::reader::Item;
use super::send_queue::SendQueue;
use super::shared::SharedConnection;
use super::{Message, Settings, code};
use crate::admission::Permit;
use crate::heartbeat::{Heartbeat, HeartbeatAction};
use crate::tcp::SocketHandle;

/// One client's WebSocket. Dropping it closes it.
pub struct Connection {
    send_queue: SendQueue,
    permit: Permit,
    wire: Rc<SharedConnection>,
    /// Until the connection is over.
    source: Option<FrameSource>,
    heartbeat: Heartbeat,
    alarm: Option<Pin<Box<Sleep>>>,
    close_grace: Duration,
    kept: Option<Box<dyn Any>>,
}

/// Upgrades a request to a WebSocket, and registers it with the admission. `protocols` are the subprotocols
/// that the server speaks; the client's first choice among them is confirmed. The response must be sent for
/// the connection to live.
///
/// # Errors
/// When the request is not a handshake. Nothing is registered then.
pub fn accept(
    request: &HttpRequest,
    payload: Payload,
    settings: &Settings,
    protocols: &[&str],
    mut permit: Permit,
) -> Result<(HttpResponse, Connection), HandshakeError> {
    let send_queue = SendQueue::new(settings.queue);
    let (response, mut connection) = open(request, payload, settings, protocols, send_queue.clone())?;
    permit.register(&send_queue);
    connection.permit = permit;
    Ok((response, connection))
}

/// As [`accept`], with a queue that is registered elsewhere.
pub(crate) fn open(
    request: &HttpRequest,
    payload: Payload,
    settings: &Settings,
    protocols: &[&str],
    send_queue: SendQueue,
) -> Result<(HttpResponse, Connection), HandshakeError> {
    let response = respond(request, protocols)?;
    let line = SocketHandle::of(request);
    line.limit_send_buffer();
    let wire = SharedConnection::new(line, send_queue.clone());
    let connection = Connection {
        send_queue,
        permit: Permit::nowhere(),
        wire: Rc::clone(&wire),
        source: Some(FrameSource::new(payload, settings.max_frame)),
        heartbeat: Heartbeat::new(settings.ping_interval, settings.ping_timeout, Instant::now()),
        alarm: None,
        close_grace: settings.close_grace,
        kept: None,
    };
    Ok((response.set_body(Body(wire)).map_into_boxed_body(), connection))
}

impl Connection {
    /// The queue towards the client.
    #[must_use]
    pub fn send_queue(&self) -> &SendQueue {
        &self.send_queue
    }

    /// The connection's permit.
    pub fn permit(&mut self) -> &mut Permit {
        &mut self.permit
    }

    /// The next message. Pings are answered and sent, a client that breaks the protocol or is silent for too
    /// long is closed with the code for it. None when the connection is over, whichever side ended it:
    /// nothing is received after [`SendQueue::close`] either.
    ///
    /// The future may be dropped and called for again; no message gets lost.
    pub async fn receive(&mut self) -> Option<Message> {
        std::future::poll_fn(|context| self.poll_receive(context)).await
    }

    /// As [`Self::receive`], as a poll.
    pub(crate) fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<Option<Message>> {
        loop {
            if self.send_queue.poll_closed(context).is_ready() {
                self.end();
            }
            let Some(source) = &mut self.source else { return Poll::Ready(None) };
            match source.poll_next(context) {
                Poll::Ready(ReadEvent::Item(Item::Message(message))) => return Poll::Ready(Some(message)),
                Poll::Ready(ReadEvent::Item(Item::Ping(payload))) => {
                    // If this closes the queue, the next turn sees it.
                    let _ = self.send_queue.push(Frame::pong(&payload));
                }
                Poll::Ready(ReadEvent::Item(Item::Pong)) => {}
                Poll::Ready(ReadEvent::Item(Item::Close(code))) => {
                    self.send_queue.close(code.unwrap_or(code::NONE), "");
                }
                Poll::Ready(ReadEvent::Sign) => self.heartbeat.heard(Instant::now()),
                Poll::Ready(ReadEvent::Violation(violation)) => {
                    self.send_queue.close(violation.code(), violation.reason());
                }
                Poll::Ready(ReadEvent::Gone) => self.send_queue.abandon(),
                Poll::Pending => {
                    let due = std::task::ready!(self.poll_alarm(context));
                    let now = due.max(Instant::now());
                    match self.heartbeat.beat(now) {
                        HeartbeatAction::Rest => {}
                        HeartbeatAction::Ping => {
                            let _ = self.send_queue.push(Frame::ping(&[]));
                            self.heartbeat.sent(now);
                        }
                        HeartbeatAction::Dead => self.send_queue.close(code::POLICY, "no answer to a ping"),
                    }
                }
            }
        }
    }

    /// From now on the client is sent what is in `send_queue`, which this connection has not been opened
    /// with.
    pub(crate) fn switch(&mut self, send_queue: SendQueue) {
        self.wire.switch(send_queue.clone());
        self.send_queue = send_queue;
    }

    /// Keeps something until the connection is gone.
    pub(crate) fn keep(&mut self, thing: impl Any) {
        self.kept = Some(Box::new(thing));
    }

    /// Ready when the next beat is due, with the moment.
    fn poll_alarm(&mut self, context: &mut Context<'_>) -> Poll<Instant> {
        let Some(due) = self.heartbeat.due() else { return Poll::Pending };
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(due)));
        if alarm.deadline() != due {
            alarm.as_mut().reset(due);
        }
        alarm.as_mut().poll(context).map(|()| due)
    }

    /// Lets the connection close by itself.
    fn end(&mut self) {
        if let Some(source) = self.source.take() {
            self.send_queue.close(code::NORMAL, "");
            let (wire, grace, kept) = (Rc::clone(&self.wire), self.close_grace, self.kept.take());
            let permit = std::mem::replace(&mut self.permit, Permit::nowhere());
            self.alarm = None;
            rt::spawn(async move {
                close_down(wire, source, grace).await;
                drop((permit, kept));
            });
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.end();
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Connection").field("send_queue", &self.send_queue).finish_non_exhaustive()
    }
}
