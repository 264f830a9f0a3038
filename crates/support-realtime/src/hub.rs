//! Who is connected, who is in which room, who watches the list, and which event goes to whom.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use support_api::live::{
    AgentRef, AgentStatusChanged, MessageRead, TicketAccessLost, TicketHandedOver, TicketUpdated,
};
use support_api::names;
use support_api::ticket;
use support_domain::entity::{Agent, Handler, Message, Ticket};
use support_domain::event::{Event, TicketFilterKey};
use support_domain::id::{TicketId, UserId};
use tokio::time::Instant;

use crate::agenda::Agenda;
use crate::broadcast::Broadcast;
use crate::bus::Listener;
use crate::metrics::Metrics;
use crate::room::{Member, Room, SessionId};
use crate::rooms::Rooms;
use crate::session::Session;

/// How long a room waits for a message that is on its way on another thread before it looks into the store.
const PATIENCE: Duration = Duration::from_millis(25);

/// What the node is to do later.
#[derive(Debug)]
pub(crate) enum Task {
    /// End a session whose token expires.
    Expire(Arc<Session>),
    /// End somebody's typing, which began at this number, in a room.
    StopTyping(TicketId, SessionId, u64),
    /// Read what a room misses from the store, if it still misses something.
    FillGap(TicketId),
    /// Look into the store whether a room misses anything.
    Resync(TicketId),
}

/// Everybody who is connected to this node. It hears of events and tells them to those concerned.
pub struct Hub {
    pub(crate) rooms: Rooms<Arc<Session>>,
    pub(crate) agenda: Agenda<Task>,
    pub(crate) metrics: Arc<Metrics>,
    staff: RwLock<HashMap<SessionId, Arc<Session>>>,
    ids: AtomicU64,
}

impl Hub {
    /// A hub without anybody. What happens on it is counted in `metrics`.
    #[must_use]
    pub fn new(metrics: Arc<Metrics>) -> Self {
        Self {
            rooms: Rooms::new(),
            agenda: Agenda::new(),
            metrics,
            staff: RwLock::default(),
            ids: AtomicU64::new(1),
        }
    }

    /// A number that no session and no entry into a room had before.
    pub(crate) fn next_id(&self) -> u64 {
        self.ids.fetch_add(1, Ordering::Relaxed)
    }

    /// Takes a session in, until its token expires.
    pub(crate) fn add(&self, session: &Arc<Session>, expires_at: Instant) {
        session.expires_by(self.agenda.add(expires_at, Task::Expire(Arc::clone(session))));
        self.metrics.connected(session.transport());
        if session.actor.role.is_staff() {
            self.staff
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(session.id, Arc::clone(session));
        }
    }

    /// Takes a session out, of its rooms as well. One that was never taken in is not missed.
    pub(crate) fn remove(&self, session: &Session) {
        if let Some(entry) = session.end() {
            self.agenda.cancel(entry);
            self.metrics.disconnected(session.transport());
        }
        self.staff.write().unwrap_or_else(PoisonError::into_inner).remove(&session.id);
        for room in session.take_rooms() {
            self.rooms.leave(room.id, session.id);
        }
        self.metrics.rooms(self.rooms.count());
    }

    fn each_of_staff(&self, mut run: impl FnMut(&Arc<Session>)) {
        self.staff.read().unwrap_or_else(PoisonError::into_inner).values().for_each(&mut run);
    }

    /// Does something to a ticket's room, and has its gap healed if it has one then.
    pub(crate) fn with_room<T>(
        &self,
        ticket: TicketId,
        run: impl FnOnce(&mut Room<Arc<Session>>) -> T,
    ) -> Option<T> {
        let done = self.rooms.with(ticket, |room| (run(room), room.wants_healing()));
        let (value, wants_healing) = done?;
        if wants_healing {
            self.agenda.add(Instant::now() + PATIENCE, Task::FillGap(ticket));
        }
        Some(value)
    }

    /// Learns how a ticket is now: who may not see it any longer is put out of its room and told so. Returns
    /// who that was.
    pub(crate) fn learn(&self, ticket: &Ticket) -> Vec<SessionId> {
        let lost = self.with_room(ticket.id, |room| room.learn(ticket)).unwrap_or_default();
        for session in &lost {
            session.remove_room(ticket.id);
            session.send(&access_lost(ticket.id));
        }
        if !lost.is_empty() {
            self.rooms.tidy(ticket.id);
        }
        lost.iter().map(Member::id).collect()
    }

    /// Brings a room messages that the store has.
    pub(crate) fn offer(&self, messages: &[Message]) {
        if let Some(first) = messages.first() {
            self.with_room(first.ticket_id, |room| messages.iter().for_each(|message| room.offer(message)));
        }
    }

    /// Tells an event to all whom it concerns; `parted` were just told that they may not see the ticket any
    /// longer.
    fn tell(&self, event: &Event, parted: &[SessionId]) {
        match event {
            Event::NewMessage { message } => self.offer(std::slice::from_ref(message)),
            Event::MessageRead { ticket_id, read_by, up_to } => {
                let read = MessageRead::new(*ticket_id, *read_by, *up_to);
                let broadcast = Arc::new(Broadcast::new(names::event(event), &read));
                self.with_room(*ticket_id, |room| room.announce(&broadcast));
            }
            Event::AgentStatusChanged { agent_id, status, active_tickets } => {
                let changed = AgentStatusChanged {
                    agent_id: agent_id.uuid(),
                    status: (*status).into(),
                    active_tickets: *active_tickets,
                };
                let broadcast = Broadcast::new(names::event(event), &changed);
                self.each_of_staff(|session| session.send(&broadcast));
            }
            Event::NewTicket { ticket } => {
                let broadcast = Arc::new(Broadcast::new(names::event(event), &ticket::Ticket::from(ticket)));
                self.tell_watchers(ticket, None, &[], &broadcast);
            }
            Event::TicketUpdated { ticket, before, changes } => {
                let ticket = self.newest(ticket);
                let updated = TicketUpdated {
                    ticket: (&ticket).into(),
                    changes: changes.iter().map(|field| names::ticket_field(*field).to_owned()).collect(),
                };
                self.tell_all(&ticket, before, &[], &Arc::new(Broadcast::new(names::event(event), &updated)));
            }
            Event::TicketAssigned { ticket, before, agent, previous } => {
                let handed = HandedOver { before, agent, previous: previous.as_ref(), reason: None, parted };
                self.tell_handed_over(names::event(event), ticket, &handed);
            }
            Event::TicketEscalated { ticket, before, agent, previous, reason } => {
                let reason = Some(reason.as_str());
                let handed = HandedOver { before, agent, previous: previous.as_ref(), reason, parted };
                self.tell_handed_over(names::event(event), ticket, &handed);
            }
        }
    }

    fn tell_handed_over(&self, name: &'static str, ticket: &Ticket, handed: &HandedOver<'_>) {
        let ticket = self.newest(ticket);
        let event = TicketHandedOver {
            ticket: (&ticket).into(),
            agent: AgentRef::from(handed.agent),
            previous_agent: handed.previous.map(Into::into),
            reason: handed.reason.map(str::to_owned),
        };
        let concerned = [handed.agent.id.into()];
        self.tell_all(&ticket, handed.before, &concerned, &Arc::new(Broadcast::new(name, &event)));
        if let Some(previous) = handed.previous {
            let lost = access_lost(ticket.id);
            self.each_of_staff(|session| {
                let is_previous = session.actor.id == UserId::from(previous.id);
                if is_previous && !session.sees(&ticket) && !handed.parted.contains(&session.id) {
                    session.send(&lost);
                }
            });
        }
    }

    /// Tells a ticket's room, and those outside of it who watch lists or are concerned.
    fn tell_all(
        &self,
        ticket: &Ticket,
        before: &TicketFilterKey,
        concerned: &[UserId],
        broadcast: &Arc<Broadcast>,
    ) {
        self.with_room(ticket.id, |room| room.announce(broadcast));
        self.tell_watchers(ticket, Some(before), concerned, broadcast);
    }

    fn tell_watchers(
        &self,
        ticket: &Ticket,
        before: Option<&TicketFilterKey>,
        concerned: &[UserId],
        broadcast: &Broadcast,
    ) {
        self.each_of_staff(|session| {
            let is_concerned = || concerned.contains(&session.actor.id) && session.sees(ticket);
            let hears = session.watches(ticket, before) || is_concerned();
            if hears && session.room(ticket.id.into()).is_none() {
                session.send(broadcast);
            }
        });
    }

    /// The newest state of a ticket that its room knows of, if that is newer.
    fn newest(&self, ticket: &Ticket) -> Ticket {
        let known = self.rooms.with(ticket.id, |room| room.newest().cloned()).flatten();
        known.filter(|known| known.version > ticket.version).unwrap_or_else(|| ticket.clone())
    }
}

/// What is told of a new handler besides the ticket.
struct HandedOver<'a> {
    before: &'a TicketFilterKey,
    agent: &'a Agent,
    previous: Option<&'a Handler>,
    reason: Option<&'a str>,
    parted: &'a [SessionId],
}

impl Listener for Hub {
    fn hear(&self, events: &[Event]) {
        // Who may not see a ticket any longer must not be told what the same command did to it.
        let tickets = events.iter().filter_map(Event::ticket);
        let parted: Vec<SessionId> = tickets.flat_map(|ticket| self.learn(ticket)).collect();
        for event in events {
            self.tell(event, &parted);
        }
    }

    fn interrupted(&self) {
        for ticket in self.rooms.tickets() {
            self.agenda.add(Instant::now(), Task::Resync(ticket));
        }
    }
}

/// Tells somebody that a ticket is theirs to see no longer.
fn access_lost(ticket: TicketId) -> Broadcast {
    Broadcast::new("ticket_access_lost", &TicketAccessLost { ticket_id: ticket.uuid() })
}
