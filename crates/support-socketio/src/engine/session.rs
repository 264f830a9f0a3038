//! What the server keeps of a session.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::client::Client;
use super::packet::PING;
use super::stage::Stage;
use super::{Handler, Settings};
use crate::heartbeat::{Heartbeat, HeartbeatAction};
use crate::websocket::Frame;

/// Who looks after a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occasion {
    /// Its own timer, after all that was received has been read.
    Timer,
    /// A request that came by.
    Request,
}

/// A session. Its requests may be on any worker.
pub(super) struct Session<H: Handler> {
    pub(super) client: Client,
    /// What the handler keeps, until it has been told of the end. Whoever processes a packet holds the lock
    /// meanwhile, so that packets are processed one after the other.
    pub(super) state: tokio::sync::Mutex<Option<H::State>>,
    stage: Mutex<Stage>,
    heartbeat: Mutex<Heartbeat>,
    authenticate_by: Option<Instant>,
}

impl<H: Handler> Session<H> {
    pub(super) fn new(client: Client, kept: H::State, stage: Stage, settings: &Settings) -> Self {
        let now = Instant::now();
        Self {
            client,
            state: tokio::sync::Mutex::new(Some(kept)),
            stage: Mutex::new(stage),
            heartbeat: Mutex::new(Heartbeat::new(settings.ping_interval, settings.ping_timeout, now)),
            authenticate_by: settings.authentication_timeout.and_then(|timeout| now.checked_add(timeout)),
        }
    }

    pub(super) fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn heartbeat(&self) -> MutexGuard<'_, Heartbeat> {
        self.heartbeat.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until when the client must be authenticated, if it is not and must.
    pub(super) fn authenticate_by(&self) -> Option<Instant> {
        self.authenticate_by.filter(|_| !self.client.is_authenticated())
    }

    /// When something of the session is due next. No heartbeat is while the client moves to a WebSocket.
    pub(super) fn due(&self) -> Option<Instant> {
        let is_between = self.stage().is_between();
        let beat = self.heartbeat().due().filter(|_| !is_between);
        beat.into_iter().chain(self.authenticate_by()).min()
    }

    /// What the heartbeat says at `now`. While an answer may be on its way, only the session's own timer
    /// gives it up: what arrived in time may still be unread when a request comes by.
    pub(super) fn beat(&self, now: Instant, occasion: Occasion) -> HeartbeatAction {
        let is_between = self.stage().is_between();
        let mut heartbeat = self.heartbeat();
        if is_between || (occasion == Occasion::Request && heartbeat.awaits_answer()) {
            return HeartbeatAction::Rest;
        }
        heartbeat.beat(now)
    }

    /// The client answered a ping.
    pub(super) fn hear(&self) {
        self.heartbeat().heard(Instant::now());
        // What is due next may be due earlier now.
        self.client.send_queue().nudge();
    }

    /// Queues a ping. A WebSocket sends at once what is queued; over polling it waits until it is fetched.
    pub(super) fn ping(&self, is_websocket: bool) {
        // If this closes the queue, the next turn sees it.
        let _ = self.client.send_queue().push(Frame::text(PING));
        if is_websocket {
            self.heartbeat().sent(Instant::now());
        }
    }

    /// The client, which may have been between polling and a WebSocket, can be asked again.
    pub(super) fn resume(&self) {
        let is_between = self.stage().is_between();
        if is_between {
            self.heartbeat().resume(Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use actix_web::test::TestRequest;

    use super::super::server::Server;
    use super::super::stage::Dial;
    use super::super::{Handshake, Message};
    use super::*;
    use crate::admission::{Admission, AdmissionSettings, Origins, Permit};
    use crate::websocket::{QueueLimits, SendQueue};

    struct Silent;

    impl Handler for Silent {
        type State = ();

        fn open(&self, _client: &Client) {}

        async fn message(&self, _client: &Client, _state: &mut (), _message: Message<'_>) {}

        fn close(&self, _client: &Client, _state: ()) {}
    }

    fn admission() -> Admission {
        Admission::new(AdmissionSettings {
            origins: Origins::Any,
            handshakes_per_address: None,
            behind_proxy: false,
        })
    }

    fn session(authentication_timeout: Option<Duration>) -> Session<Silent> {
        let handshake = Handshake::of(&TestRequest::get().to_http_request(), &admission()).unwrap();
        let send_queue = SendQueue::new(QueueLimits::default());
        let client = Client::new("id".to_owned(), handshake, send_queue, Permit::nowhere());
        Session::new(
            client,
            (),
            Stage::polling(),
            &Settings { authentication_timeout, ..Settings::default() },
        )
    }

    #[test]
    fn who_is_authenticated_may_stay() {
        let session = session(Some(Duration::from_secs(1)));
        let authenticate_by = session.authenticate_by();
        assert!(authenticate_by.is_some() && session.due() == authenticate_by);
        session.client.mark_authenticated();
        assert_eq!(session.authenticate_by(), None);
        assert_eq!(session.due(), session.heartbeat().due());
    }

    #[test]
    fn nobody_is_asked_while_moving() {
        let session = session(None);
        let asked = session.due().unwrap();
        assert_eq!(session.stage().dial(), Dial::Upgrade);
        assert_eq!(session.due(), Some(asked));
        session.stage().probe();
        assert_eq!(session.due(), None);
        assert_eq!(session.beat(asked, Occasion::Timer), HeartbeatAction::Rest);
        session.resume();
        session.stage().cancel_upgrade();
        assert_eq!(session.beat(asked, Occasion::Timer), HeartbeatAction::Ping);
    }

    #[actix_web::test]
    async fn over_polling_a_ping_is_sent_when_it_is_fetched() {
        let server = Server::new(Arc::new(Silent), Arc::new(admission()), Settings::default());
        let session = Arc::new(session(None));
        let asked = session.due().unwrap();
        assert_eq!(session.beat(asked, Occasion::Timer), HeartbeatAction::Ping);
        session.ping(false);
        assert!(!session.heartbeat().awaits_answer());
        Arc::new(server).poll(Arc::clone(&session)).await.unwrap();
        assert!(session.heartbeat().awaits_answer());
    }

    #[test]
    fn a_request_gives_up_only_who_cannot_have_answered() {
        let session = session(None);
        let asked = session.due().unwrap();
        assert_eq!(session.beat(asked, Occasion::Request), HeartbeatAction::Ping);
        let too_late = session.due().unwrap();
        assert_eq!(session.beat(too_late, Occasion::Request), HeartbeatAction::Dead);
        session.heartbeat().sent(asked);
        assert_eq!(session.beat(too_late, Occasion::Request), HeartbeatAction::Rest);
        assert_eq!(session.beat(too_late, Occasion::Timer), HeartbeatAction::Dead);
    }
}
