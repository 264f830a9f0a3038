//! A connection as its owner sees it.

use std::any::Any;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_PROTOCOL};
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, rt};
use tokio::time::{Instant, Sleep, sleep_until};

use super::body::Body;
use super::closing::close_down;
use super::frame::Frame;
use super::handshake::{HandshakeError, verify};
use super::intake::{Intake, Source};
use super::outbox::Outbox;
use super::reader::Item;
use super::wire::Wire;
use super::{Message, Settings, code};
use crate::gate::Pass;
use crate::heartbeat::{Beat, Heartbeat};
use crate::tcp::Line;

/// One client's WebSocket. Dropping it closes it.
pub struct Connection {
    outbox: Outbox,
    pass: Pass,
    wire: Rc<Wire>,
    /// Until the connection is over.
    source: Option<Source>,
    heartbeat: Heartbeat,
    alarm: Option<Pin<Box<Sleep>>>,
    close_grace: Duration,
    kept: Option<Box<dyn Any>>,
}

/// Upgrades a request to a WebSocket, and registers it behind the gate. `protocol` is the subprotocol to answer with, one
/// of those that the client offered. The response must be answered for the connection to live.
///
/// # Errors
/// When the request is not a handshake. Nothing is registered then.
pub fn accept(
    request: &HttpRequest,
    payload: Payload,
    settings: &Settings,
    protocol: Option<&str>,
    mut pass: Pass,
) -> Result<(HttpResponse, Connection), HandshakeError> {
    let outbox = Outbox::new(settings.queue);
    let (response, mut connection) = open(request, payload, settings, protocol, outbox.clone())?;
    pass.register(&outbox);
    connection.pass = pass;
    Ok((response, connection))
}

/// As [`accept`], with a queue that is registered elsewhere.
pub(crate) fn open(
    request: &HttpRequest,
    payload: Payload,
    settings: &Settings,
    protocol: Option<&str>,
    outbox: Outbox,
) -> Result<(HttpResponse, Connection), HandshakeError> {
    let accepted = verify(request)?;
    let line = Line::of(request);
    line.limit_send_buffer();
    let wire = Wire::new(line, outbox.clone());
    let mut response = HttpResponse::build(StatusCode::SWITCHING_PROTOCOLS);
    response.upgrade("websocket").insert_header((SEC_WEBSOCKET_ACCEPT, accepted));
    if let Some(protocol) = protocol {
        response.insert_header((SEC_WEBSOCKET_PROTOCOL, protocol));
    }
    let connection = Connection {
        outbox,
        pass: Pass::nowhere(),
        wire: Rc::clone(&wire),
        source: Some(Source::new(payload, settings.max_frame)),
        heartbeat: Heartbeat::new(settings.ping_interval, settings.ping_timeout, Instant::now()),
        alarm: None,
        close_grace: settings.close_grace,
        kept: None,
    };
    Ok((response.body(Body(wire)), connection))
}

impl Connection {
    /// The queue towards the client.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// The connection's place behind the gate.
    pub fn pass(&mut self) -> &mut Pass {
        &mut self.pass
    }

    /// The next message. Pings are answered and sent, a client that breaks the protocol or is silent for too long is
    /// closed with the code for it. None when the connection is over, whichever side ended it: nothing is received after
    /// [`Outbox::close`] either.
    ///
    /// The future may be dropped and called for again; no message gets lost.
    pub async fn receive(&mut self) -> Option<Message> {
        std::future::poll_fn(|context| self.poll_receive(context)).await
    }

    /// As [`Self::receive`], as a poll.
    pub(crate) fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<Option<Message>> {
        loop {
            if self.outbox.poll_closed(context).is_ready() {
                self.end();
            }
            let Some(source) = &mut self.source else { return Poll::Ready(None) };
            match source.poll_next(context) {
                Poll::Ready(Intake::Item(Item::Message(message))) => return Poll::Ready(Some(message)),
                Poll::Ready(Intake::Item(Item::Ping(payload))) => {
                    // If this closes the queue, the next turn sees it.
                    let _ = self.outbox.push(Frame::pong(&payload));
                }
                Poll::Ready(Intake::Item(Item::Pong)) => {}
                Poll::Ready(Intake::Item(Item::Close(code))) => {
                    self.outbox.close(code.unwrap_or(code::NONE), "");
                }
                Poll::Ready(Intake::Sign) => self.heartbeat.heard(Instant::now()),
                Poll::Ready(Intake::Violation(violation)) => {
                    self.outbox.close(violation.code(), violation.reason());
                }
                Poll::Ready(Intake::Gone) => self.outbox.abandon(),
                Poll::Pending => {
                    let due = std::task::ready!(self.poll_alarm(context));
                    match self.heartbeat.beat(due.max(Instant::now())) {
                        Beat::Rest => {}
                        Beat::Ping => {
                            let _ = self.outbox.push(Frame::ping(&[]));
                        }
                        Beat::Dead => self.outbox.close(code::POLICY, "no answer to a ping"),
                    }
                }
            }
        }
    }

    /// From now on the client is sent what is in `outbox`, which this connection has not been opened with.
    pub(crate) fn switch(&mut self, outbox: Outbox) {
        self.wire.switch(outbox.clone());
        self.outbox = outbox;
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
            self.outbox.close(code::NORMAL, "");
            let (wire, grace, kept) = (Rc::clone(&self.wire), self.close_grace, self.kept.take());
            let pass = std::mem::replace(&mut self.pass, Pass::nowhere());
            self.alarm = None;
            rt::spawn(async move {
                close_down(wire, source, grace).await;
                drop((pass, kept));
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
        formatter.debug_struct("Connection").field("outbox", &self.outbox).finish_non_exhaustive()
    }
}
