//! How a session goes on and ends, whichever way its client is connected.

use std::sync::Arc;
use std::time::Duration;

use actix_web::rt;
use tokio::task::coop::consume_budget;
use tokio::time::Instant;

use super::packet::Packet;
use super::server::Server;
use super::session::{Occasion, Session};
use super::stage::{CloseReason, End, Watch};
use super::{Handler, Message};
use crate::heartbeat::HeartbeatAction;
use crate::websocket::code;

/// Longer than anybody waits, for a grace that is for ever.
const LONG: Duration = Duration::from_hours(24);

/// Whether more packets of the client are processed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    On,
    /// The session is over.
    Ended,
    /// The session is over because of this packet, which must not be.
    Broken,
}

/// When to look after a session again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    At(Option<Instant>),
    /// Never: it is over.
    Never,
}

impl<H: Handler> Server<H> {
    /// Processes a packet of the client, after those before it.
    pub(super) async fn process(self: &Arc<Self>, session: &Arc<Session<H>>, packet: Packet<'_>) -> Flow {
        let message = match packet {
            Packet::Text(text) => Message::Text(text),
            Packet::Binary(bytes) => Message::Binary(bytes),
            Packet::Pong => {
                session.hear();
                return Flow::On;
            }
            // The reference server takes no notice of these.
            Packet::Upgrade | Packet::Noop => return Flow::On,
            Packet::Close => {
                self.leave(session, CloseReason::Noop);
                return Flow::Ended;
            }
            Packet::Open | Packet::Ping(_) => return Flow::Broken,
        };
        // A client that sends a lot at once leaves its worker to others now and then.
        consume_budget().await;
        let mut state = session.state.lock().await;
        match state.as_mut() {
            Some(state) if !session.client.send_queue().is_closed() => {
                self.handler.message(&session.client, state, message).await;
                Flow::On
            }
            _ => Flow::Ended,
        }
    }

    /// Does what is due for a session: pings it, or ends it because of what was due before.
    pub(super) fn look_after(
        self: &Arc<Self>,
        session: &Arc<Session<H>>,
        now: Instant,
        occasion: Occasion,
    ) -> Next {
        let send_queue = session.client.send_queue();
        loop {
            let (watch, is_websocket) = {
                let stage = session.stage();
                (stage.watch(), stage.is_websocket())
            };
            match watch {
                Watch::Over => return Next::Never,
                Watch::Until(until) if now < until => return Next::At(Some(until)),
                Watch::Until(_) => self.stop(session),
                Watch::Alive if send_queue.is_closed() => {
                    if is_websocket {
                        return Next::Never;
                    }
                    self.leave(session, CloseReason::Close);
                }
                Watch::Alive if session.authenticate_by().is_some_and(|due| due <= now) => {
                    send_queue.close(code::POLICY, "nothing was joined in time");
                }
                Watch::Alive => match session.beat(now, occasion) {
                    HeartbeatAction::Rest => return Next::At(session.due()),
                    HeartbeatAction::Ping => session.ping(is_websocket),
                    HeartbeatAction::Dead if is_websocket => {
                        send_queue.close(code::POLICY, "no answer to a ping");
                    }
                    HeartbeatAction::Dead => self.stop(session),
                },
            }
        }
    }

    /// Lets the handler attend to the session.
    pub(super) async fn attend(&self, session: &Session<H>) {
        if let Some(state) = session.state.lock().await.as_mut() {
            self.handler.attend(&session.client, state);
        }
    }

    /// Ends a session; its client is told by the poll that waits or comes within the grace, or by its
    /// WebSocket.
    pub(super) fn leave(self: &Arc<Self>, session: &Arc<Session<H>>, farewell: CloseReason) {
        let now = Instant::now();
        let until = now.checked_add(self.settings.close_grace).unwrap_or(now + LONG);
        let end = session.stage().leave(farewell, until);
        self.end(session, end);
    }

    /// Ends a session at once; only a poll that waits is told.
    pub(super) fn stop(self: &Arc<Self>, session: &Arc<Session<H>>) {
        let end = session.stage().stop();
        self.end(session, end);
    }

    fn end(self: &Arc<Self>, session: &Arc<Session<H>>, end: End) {
        session.client.send_queue().close(code::NORMAL, "");
        session.client.send_queue().nudge();
        self.forget(session);
        if end == End::Now {
            let (server, session) = (Arc::clone(self), Arc::clone(session));
            rt::spawn(async move {
                if let Some(state) = session.state.lock().await.take() {
                    server.handler.close(&session.client, state);
                }
            });
        }
    }

    /// Forgets a session that is over, as far as nobody needs it.
    pub(super) fn forget(&self, session: &Session<H>) {
        let (is_over, is_forgotten) = {
            let stage = session.stage();
            (stage.is_over(), stage.is_forgotten())
        };
        if is_over {
            self.sessions.remove(session.client.id());
        }
        if is_forgotten {
            session.client.release();
        }
    }
}
