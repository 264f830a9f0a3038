//! The way from polling to a WebSocket: the client opens one, sees that it works, and moves.

use std::sync::Arc;
use std::task::Poll;

use actix_web::rt::time;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, rt};

use super::Handler;
use super::error::Error;
use super::packet::{PROBE, PROBE_ANSWER, Packet};
use super::server::Server;
use super::session::Session;
use super::stage::Dial;
use crate::websocket::{self, Connection, Frame, Message, SendQueue, code};

impl<H: Handler> Server<H> {
    /// Opens a second way to a session.
    pub(super) fn upgrade(
        self: &Arc<Self>,
        session: Arc<Session<H>>,
        request: &HttpRequest,
        payload: Payload,
    ) -> Result<HttpResponse, Error> {
        let dial = session.stage().dial();
        match dial {
            Dial::Upgrade => {}
            Dial::Surplus => return self.turn_away(request, payload),
            Dial::Refuse(error) => return Err(error),
        }
        let opened = Opened(session);
        // The session's own queue stays with polling until the client moves.
        let send_queue = SendQueue::new(self.settings.queue);
        let (response, connection) =
            websocket::open(request, payload, &self.websocket_settings(), &[], send_queue)
                .map_err(|_| Error::BadRequest)?;
        rt::spawn(Arc::clone(self).try_upgrade(opened, connection));
        Ok(response)
    }

    /// Opens a WebSocket for a session that has one, or is about to, and closes it at once, as the reference
    /// server does: its clients take an error for the end of the session, but not this. It counts as a
    /// connection until it is closed.
    fn turn_away(&self, request: &HttpRequest, payload: Payload) -> Result<HttpResponse, Error> {
        let permit = self.admission.admit(request).map_err(Error::Refused)?;
        let (response, connection) =
            websocket::accept(request, payload, &self.websocket_settings(), &[], permit)
                .map_err(|_| Error::BadRequest)?;
        connection.send_queue().close(code::NORMAL, "the session has a WebSocket");
        Ok(response)
    }

    async fn try_upgrade(self: Arc<Self>, opened: Opened<H>, mut connection: Connection) {
        let session = Arc::clone(&opened.0);
        let probing = probe(&session, &mut connection);
        let has_moved = time::timeout(self.settings.upgrade_timeout, probing).await == Ok(true);
        // From here on the stage knows where the session is.
        drop(opened);
        if has_moved {
            connection.switch(session.client.send_queue().clone());
            self.run(session, connection).await;
        } else {
            connection.send_queue().close(code::POLICY, "the session has not moved here");
        }
    }
}

/// Answers probes until the client moves. False when it does anything else.
async fn probe<H: Handler>(session: &Session<H>, connection: &mut Connection) -> bool {
    loop {
        let message = std::future::poll_fn(|context| {
            session.client.send_queue().register_watcher(context);
            if session.stage().can_upgrade() { connection.poll_receive(context) } else { Poll::Ready(None) }
        });
        let Some(Message::Text(text)) = message.await else { return false };
        match Packet::of_text(&text) {
            Ok(Packet::Ping(PROBE)) => {
                session.stage().probe();
                session.client.send_queue().nudge();
                if connection.send_queue().push(Frame::text(PROBE_ANSWER)).is_err() {
                    return false;
                }
            }
            Ok(Packet::Upgrade) => {
                session.resume();
                return session.stage().complete_upgrade();
            }
            _ => return false,
        }
    }
}

/// A WebSocket was opened for the session. Unless the client moves, the session stays where it is.
struct Opened<H: Handler>(Arc<Session<H>>);

impl<H: Handler> Drop for Opened<H> {
    fn drop(&mut self) {
        self.0.resume();
        self.0.stage().cancel_upgrade();
        self.0.client.send_queue().nudge();
    }
}
