//! Brings sessions, their events and the desk together (`docs/specification.md`, section 5.1).

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use support_api::problem::{Kind, Problem};
use support_domain::actor::Actor;
use support_domain::desk::Desk;
use support_domain::id::{IdSource, TicketId};
use support_domain::port::MessageWindow;
use support_domain::time::{Clock, Timestamp};
use support_socketio::websocket::SendQueue;
use tokio::time::Instant;

use crate::auth::{Authenticator, Bearer};
use crate::broadcast::Transport;
use crate::commands::{self, Call};
use crate::failure::{Failure, FailureReporter};
use crate::hub::{Hub, Task};
use crate::limiter::Decision;
use crate::reply::Reply;
use crate::session::{POLICY, Session, UNAUTHENTICATED};

/// How many messages are read at once to fill a gap.
const PAGE: u32 = 500;
/// How long to wait before the store is asked again when it could not be read.
const RETRY: Duration = Duration::from_millis(500);

/// What a gateway is made of.
pub struct GatewayDeps {
    /// Who is connected. It must be subscribed to the bus to which the desk publishes.
    pub hub: Arc<Hub>,
    /// The helpdesk.
    pub desk: Arc<Desk>,
    /// Who checks tokens.
    pub authenticator: Arc<dyn Authenticator>,
    /// What time it is, for tokens.
    pub clock: Arc<dyn Clock>,
    /// Where the ids of failures come from.
    pub ids: Arc<dyn IdSource>,
    /// Whether the events of a connection are limited in number.
    pub is_limited: bool,
}

/// The live part of a node, behind its transports.
pub struct Gateway {
    hub: Arc<Hub>,
    desk: Arc<Desk>,
    authenticator: Arc<dyn Authenticator>,
    clock: Arc<dyn Clock>,
    failures: FailureReporter,
    is_limited: bool,
}

impl Gateway {
    /// Puts a gateway together. [`Gateway::run`] must run beside it.
    #[must_use]
    pub fn new(parts: GatewayDeps) -> Self {
        let GatewayDeps { hub, desk, authenticator, clock, ids, is_limited } = parts;
        let failures = FailureReporter::new(ids);
        Self { hub, desk, authenticator, clock, failures, is_limited }
    }

    /// Does what is to be done at its time, for ever: ends sessions whose token expired, ends typing, fills
    /// gaps.
    pub async fn run(self: Arc<Self>) {
        loop {
            match self.hub.agenda.next().await {
                Task::Expire(session) => session.close(UNAUTHENTICATED, "the token has expired"),
                Task::StopTyping(ticket, session, beginning) => {
                    let now = Instant::now();
                    let later =
                        self.hub.with_room(ticket, |room| room.expire_typing(session, beginning, now));
                    if let Some(until) = later.flatten() {
                        self.hub.agenda.add(until, Task::StopTyping(ticket, session, beginning));
                    }
                }
                Task::FillGap(ticket) => {
                    // Most gaps close by themselves, when the thread that was late has published.
                    let has_gap = |room: &mut crate::room::Room<_>| {
                        if !room.has_gap() {
                            room.healed();
                        }
                        room.has_gap()
                    };
                    if self.hub.rooms.with(ticket, has_gap) == Some(true) {
                        tokio::spawn(Arc::clone(&self).fill_gap(ticket));
                    }
                }
                Task::Resync(ticket) => {
                    tokio::spawn(Arc::clone(&self).fill_gap(ticket));
                }
            }
        }
    }

    /// Reads what a room misses, and the ticket, in case that was missed too.
    async fn fill_gap(self: Arc<Self>, ticket: TicketId) {
        let Some(Some(position)) = self.hub.rooms.with(ticket, |room| room.position()) else { return };
        let window = MessageWindow::After(position);
        match self.desk.conversation(&Actor::system(), ticket.into(), window, PAGE).await {
            Ok((ticket, messages)) => {
                if !messages.is_empty() {
                    self.hub.metrics.healed();
                }
                self.hub.learn(&ticket);
                self.hub.offer(&messages);
                // Whatever is missing still has itself healed as soon as the room is touched again.
                self.hub.rooms.with(ticket.id, crate::room::Room::healed);
                self.hub.with_room(ticket.id, |_| ());
            }
            Err(error) => {
                tracing::warn!(%error, "failed to read what a room misses");
                self.hub.agenda.add(Instant::now() + RETRY, Task::Resync(ticket));
            }
        }
    }

    /// Whose token it is.
    pub(crate) fn authenticate(&self, token: &str) -> Result<Bearer, Box<Problem>> {
        self.authenticator.authenticate(token).map_err(|problem| self.problem(Failure::from(*problem)))
    }

    /// The problem of a caller who brought no token.
    pub(crate) fn token_missing(&self) -> Box<Problem> {
        self.problem(Failure::new(Kind::UNAUTHENTICATED, "an access token is required"))
    }

    /// A session for somebody whose token holds. It takes part from [`Gateway::welcome`] on.
    pub(crate) fn session(
        &self,
        bearer: &Bearer,
        transport: Transport,
        send_queue: SendQueue,
    ) -> Arc<Session> {
        let metrics = Arc::clone(&self.hub.metrics);
        let (id, actor) = (self.hub.next_id(), bearer.actor.clone());
        Arc::new(Session::new(id, actor, transport, send_queue, metrics, self.is_limited))
    }

    /// Takes a session in, until its token expires.
    pub(crate) fn welcome(&self, session: &Arc<Session>, expires_at: Timestamp) {
        let seconds = expires_at.seconds_since(self.clock.now()).max(0.0);
        let left = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        // What lies beyond the end of the clock will not be lived to see.
        let far = Duration::from_hours(24 * 365);
        self.hub.add(session, Instant::now() + left.min(far));
    }

    /// Takes a session out.
    pub(crate) fn farewell(&self, session: &Session) {
        self.hub.remove(session);
    }

    /// Handles one event of a session and answers it.
    pub(crate) async fn handle(&self, session: &Arc<Session>, name: &str, data: &Value, reply: Reply) {
        if let Some(reply) = self.judged(session, reply) {
            let call = Call { hub: &self.hub, desk: &self.desk, failures: &self.failures, session, data };
            commands::handle(call, name, reply).await;
        }
    }

    /// Answers something that is no event; it counts as one.
    pub(crate) fn refuse(&self, session: &Session, failure: Failure, reply: Reply) {
        if let Some(reply) = self.judged(session, reply) {
            reply.fail(&self.problem(failure));
        }
    }

    /// Passes a reply on if the session may say one more thing now.
    fn judged(&self, session: &Session, reply: Reply) -> Option<Reply> {
        match session.judge() {
            Decision::Pass => return Some(reply),
            Decision::Refuse => {
                let detail = "at most 40 events at once and 20 a second are taken";
                reply.fail(&self.problem(Failure::new(Kind::RATE_LIMITED, detail)));
            }
            Decision::Close => session.close(POLICY, "too many events"),
        }
        None
    }

    /// The problem of a failure, under an id of its own.
    pub(crate) fn problem(&self, failure: Failure) -> Box<Problem> {
        self.failures.problem(failure)
    }
}
