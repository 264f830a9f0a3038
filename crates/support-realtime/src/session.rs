//! One authenticated connection, whichever transport it came by.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use support_api::request::Subscription;
use support_domain::actor::Actor;
use support_domain::command::TicketKey;
use support_domain::entity::Ticket;
use support_domain::event::TicketFilterKey;
use support_domain::id::TicketId;
use support_domain::rules::access::Visibility;
use support_domain::value::{PersonName, TicketNumber};
use support_socketio::websocket::SendQueue;
use tokio::time::{Instant, timeout};

use crate::agenda::Entry;
use crate::broadcast::{Broadcast, Transport};
use crate::limiter::{Decision, Limiter};
use crate::metrics::Metrics;
use crate::room::{Member, SessionId};

/// Close code: too slow, try again later (IANA WebSocket Close Code registry).
pub(crate) const TRY_AGAIN_LATER: u16 = 1013;
/// Close code: somebody broke the rules (RFC 6455, section 7.4.1).
pub(crate) const POLICY: u16 = 1008;
/// Close code: no token that holds (`docs/contract.md`, section 4.5).
pub(crate) const UNAUTHENTICATED: u16 = 4401;

/// How long one who has much to say waits for the client to take what was said before. After that it is said
/// all the same, and the client is closed as too slow if there is no room for it.
const DRAIN: Duration = Duration::from_secs(20);

/// A room that a session is in.
#[derive(Clone, Debug)]
pub(crate) struct Joined {
    /// Its ticket.
    pub(crate) id: TicketId,
    /// The ticket's number.
    pub(crate) number: TicketNumber,
    /// How the others there are told who types.
    pub(crate) name: PersonName,
}

/// Somebody who is connected.
pub(crate) struct Session {
    /// Its id on this node.
    pub(crate) id: SessionId,
    /// Who it is.
    pub(crate) actor: Actor,
    transport: Transport,
    send_queue: SendQueue,
    metrics: Arc<Metrics>,
    limiter: Option<Mutex<Limiter>>,
    rooms: Mutex<Vec<Joined>>,
    subscription: Mutex<Option<Subscription>>,
    expiry: Mutex<Option<Entry>>,
    is_over: AtomicBool,
}

impl Session {
    pub(crate) fn new(
        id: SessionId,
        actor: Actor,
        transport: Transport,
        send_queue: SendQueue,
        metrics: Arc<Metrics>,
        is_limited: bool,
    ) -> Self {
        Self {
            id,
            actor,
            transport,
            send_queue,
            metrics,
            limiter: is_limited.then(|| Mutex::new(Limiter::new(Instant::now()))),
            rooms: Mutex::default(),
            subscription: Mutex::default(),
            expiry: Mutex::default(),
            is_over: AtomicBool::new(false),
        }
    }

    pub(crate) const fn transport(&self) -> Transport {
        self.transport
    }

    /// Ends the connection; what is queued is still sent.
    pub(crate) fn close(&self, code: u16, reason: &'static str) {
        self.send_queue.close(code, reason);
    }

    /// Tells this session alone.
    pub(crate) fn send(&self, broadcast: &Broadcast) {
        self.metrics.told();
        // One that is closed already is on its way out, and will come back for what it missed.
        let _ = self.send_queue.push(broadcast.frame(self.transport).clone());
    }

    /// Waits until the client has taken what was queued for it, or too long.
    pub(crate) async fn drained(&self) {
        let _ = timeout(DRAIN, self.send_queue.drained()).await;
    }

    /// Judges one more event of this session.
    pub(crate) fn judge(&self) -> Decision {
        self.limiter.as_ref().map_or(Decision::Pass, |limiter| lock(limiter).judge(Instant::now()))
    }

    pub(crate) fn add_room(&self, joined: Joined) {
        let mut rooms = lock(&self.rooms);
        rooms.retain(|room| room.id != joined.id);
        rooms.push(joined);
    }

    pub(crate) fn remove_room(&self, ticket: TicketId) {
        lock(&self.rooms).retain(|room| room.id != ticket);
    }

    /// How many rooms it is in.
    pub(crate) fn count_rooms(&self) -> usize {
        lock(&self.rooms).len()
    }

    /// The room that `key` names, if it is in it.
    pub(crate) fn room(&self, key: TicketKey) -> Option<Joined> {
        let named = |room: &&Joined| match key {
            TicketKey::Id(id) => room.id == id,
            TicketKey::Number(number) => room.number == number,
        };
        lock(&self.rooms).iter().find(named).cloned()
    }

    /// The rooms that it was in; it is in none any more.
    pub(crate) fn take_rooms(&self) -> Vec<Joined> {
        std::mem::take(&mut *lock(&self.rooms))
    }

    pub(crate) fn subscribe(&self, subscription: Subscription) {
        *lock(&self.subscription) = Some(subscription);
    }

    /// Whether it watches lists in which the ticket is, or was before a change.
    pub(crate) fn watches(&self, ticket: &Ticket, before: Option<&TicketFilterKey>) -> bool {
        let subscription = lock(&self.subscription);
        let Some(subscription) = &*subscription else { return false };
        let now = TicketFilterKey::of(ticket);
        let matches = |standing: &TicketFilterKey| {
            let department = standing.department.as_ref();
            (subscription.status.is_empty() || subscription.status.contains(&standing.status))
                && (subscription.department.is_empty()
                    || department.is_some_and(|department| subscription.department.contains(department)))
        };
        (matches(&now) || before.is_some_and(matches)) && self.sees(ticket)
    }

    /// Whether it may see the ticket.
    pub(crate) fn sees(&self, ticket: &Ticket) -> bool {
        Visibility::of(&self.actor).includes(ticket)
    }

    pub(crate) fn expires_by(&self, entry: Entry) {
        *lock(&self.expiry) = Some(entry);
    }

    /// Marks it as over; returns its entry in the agenda, the first time.
    pub(crate) fn end(&self) -> Option<Entry> {
        self.is_over.store(true, Ordering::SeqCst);
        lock(&self.expiry).take()
    }

    /// Whether it ended.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }
}

impl Member for Arc<Session> {
    fn id(&self) -> SessionId {
        self.id
    }

    fn may_see(&self, ticket: &Ticket) -> bool {
        self.sees(ticket)
    }

    fn tell(&self, broadcast: &Broadcast) {
        self.send(broadcast);
    }

    fn hint(&self, broadcast: &Broadcast) {
        self.send_queue.push_droppable(broadcast.frame(self.transport).clone());
    }

    fn put_out(&self) {
        self.close(TRY_AGAIN_LATER, "too slow");
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.id)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
