//! A ticket's room: an ordered stream of its conversation to those who are in it.
//!
//! Messages come from any thread and, with several nodes, from anywhere: late, twice, out of order, or not at
//! all. The room knows the `sequence` it told last, tells each message once and in order, keeps what came too
//! early, and knows when something is missing that the store has. Who enters is told nothing until their
//! answer was sent, and from then on exactly what is behind it.
//!
//! A room does no I/O and knows no clock: [`crate::hub`] brings it events, [`crate::gateway`] fills its gaps.

use std::collections::BTreeMap;
use std::sync::Arc;

use support_api::message;
use support_domain::entity::{Message, Ticket};
use tokio::time::Instant;

use crate::broadcast::Broadcast;

/// How many messages that came too early are kept. What is beyond is read from the store when the gap is
/// filled.
const MAX_EARLY: usize = 1_000;
/// How many events are kept for somebody who enters. Beyond that they are put out, as one who is too slow.
const MAX_HELD: usize = 4_096;

/// Names a session on this node.
pub(crate) type SessionId = u64;

/// Somebody who may be in a room.
pub(crate) trait Member: Clone {
    /// Which session it is.
    fn id(&self) -> SessionId;
    /// Whether they may see the ticket as it is now.
    fn may_see(&self, ticket: &Ticket) -> bool;
    /// Tells them an event. It is never lost silently: who cannot take it is disconnected.
    fn tell(&self, broadcast: &Broadcast);
    /// Tells them something that may be lost when they are slow.
    fn hint(&self, broadcast: &Broadcast);
    /// Disconnects one who is too slow.
    fn put_out(&self);
}

/// The state of one ticket's room.
#[derive(Debug)]
pub(crate) struct Room<M> {
    seats: Vec<Seat<M>>,
    /// The sequence that was told last; unknown until the first who entered has read the store.
    position: Option<i64>,
    /// The highest sequence that is known to exist.
    known: i64,
    early: BTreeMap<i64, Message>,
    newest: Option<Ticket>,
    typists: Vec<Typist>,
    healing: bool,
}

#[derive(Debug)]
struct Seat<M> {
    member: M,
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// Entered, and not yet answered: what happens meanwhile is held back.
    Entering { entry: u64, held: Vec<(Option<i64>, Arc<Broadcast>)> },
    /// Takes part; the sequence is that of the last message they were told.
    Present { seen: i64 },
}

/// Whether somebody takes part now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryOutcome {
    /// They do.
    Present,
    /// They have to read the store once more, and will then.
    ReadAgain,
    /// They have no seat under this entry any more.
    Lost,
}

/// Somebody who types.
#[derive(Clone, Debug)]
pub(crate) struct Typist {
    /// Whose session.
    pub(crate) session: SessionId,
    /// Which of their beginnings it is.
    pub(crate) beginning: u64,
    /// What the others are told when it ends.
    pub(crate) stopped: Arc<Broadcast>,
    /// When it ends by itself.
    pub(crate) until: Instant,
}

impl<M: Member> Room<M> {
    /// An empty room.
    pub(crate) const fn new() -> Self {
        Self {
            seats: Vec::new(),
            position: None,
            known: 0,
            early: BTreeMap::new(),
            newest: None,
            typists: Vec::new(),
            healing: false,
        }
    }

    /// Whether nobody is in it.
    pub(crate) const fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    /// Seats somebody who is told nothing until [`Room::complete_entry`]. Who was in it before enters anew.
    pub(crate) fn enter(&mut self, member: M, entry: u64) {
        self.unseat(member.id());
        self.seats.push(Seat { member, place: Place::Entering { entry, held: Vec::new() } });
    }

    /// Lets somebody take part who has read the store up to `upto`: `answer` is called, then they are told
    /// what was held back and is not in their answer.
    pub(crate) fn complete_entry(
        &mut self,
        session: SessionId,
        entry: u64,
        upto: i64,
        answer: impl FnOnce(),
    ) -> EntryOutcome {
        let position = self.position;
        let seat = self.seats.iter_mut().find(|seat| seat.member.id() == session);
        let Some(Seat { member, place }) = seat else { return EntryOutcome::Lost };
        let Place::Entering { entry: current, held } = place else { return EntryOutcome::Lost };
        if *current != entry {
            return EntryOutcome::Lost;
        }
        // Whoever completes their entry first in a new room says where it stands. Who had entered before, but
        // read the store earlier, would miss what lies between.
        let mut sequences = held.iter().filter_map(|(sequence, _)| *sequence);
        let follows = match sequences.find(|sequence| *sequence > upto) {
            Some(next) => next == upto + 1,
            None => position.is_none_or(|position| position <= upto),
        };
        if !follows {
            return EntryOutcome::ReadAgain;
        }
        let held = std::mem::take(held);
        answer();
        let mut seen = upto;
        for (sequence, broadcast) in held {
            if sequence.is_none_or(|sequence| sequence > seen) {
                member.tell(&broadcast);
                seen = sequence.unwrap_or(seen);
            }
        }
        *place = Place::Present { seen };
        self.known = self.known.max(upto);
        if self.position.is_none() {
            self.position = Some(upto);
            self.tell_in_order();
        }
        EntryOutcome::Present
    }

    /// Takes somebody's seat away; false if they had none.
    pub(crate) fn leave(&mut self, session: SessionId) -> bool {
        self.stop_typing(session);
        self.unseat(session)
    }

    fn unseat(&mut self, session: SessionId) -> bool {
        let before = self.seats.len();
        self.seats.retain(|seat| seat.member.id() != session);
        self.seats.len() < before
    }

    /// Takes a message and tells all that are next in order. One that was told already is dropped.
    pub(crate) fn offer(&mut self, message: &Message) {
        self.known = self.known.max(message.sequence);
        if self.position.is_some_and(|position| message.sequence <= position) {
            return;
        }
        if self.position == Some(message.sequence - 1) {
            self.tell_message(message);
        } else if self.early.len() < MAX_EARLY {
            self.early.entry(message.sequence).or_insert_with(|| message.clone());
        }
        self.tell_in_order();
    }

    fn tell_in_order(&mut self) {
        while let Some(position) = self.position
            && let Some(entry) = self.early.first_entry()
            && *entry.key() <= position + 1
        {
            let message = entry.remove();
            if message.sequence > position {
                self.tell_message(&message);
            }
        }
    }

    fn tell_message(&mut self, message: &Message) {
        self.position = Some(message.sequence);
        let broadcast = Broadcast::new("new_message", &message::Message::from(message));
        self.spread(Some(message.sequence), &Arc::new(broadcast));
    }

    /// Learns how a ticket is: those who may not see it any longer, as it is at its newest, are put out and
    /// returned.
    pub(crate) fn learn(&mut self, ticket: &Ticket) -> Vec<M> {
        self.known = self.known.max(ticket.message_count);
        if self.newest.as_ref().is_none_or(|newest| newest.version <= ticket.version) {
            self.newest = Some(ticket.clone());
        }
        let newest = self.newest.as_ref().unwrap_or(ticket);
        let hidden = self.seats.iter().filter(|seat| !seat.member.may_see(newest));
        let lost: Vec<M> = hidden.map(|seat| seat.member.clone()).collect();
        for member in &lost {
            self.leave(member.id());
        }
        lost
    }

    /// The newest state of the ticket that the room has heard of. An event that comes late is told with it,
    /// so that nobody sees the ticket go back in time.
    pub(crate) const fn newest(&self) -> Option<&Ticket> {
        self.newest.as_ref()
    }

    /// Tells everybody something that has no place in the order of messages.
    pub(crate) fn announce(&mut self, broadcast: &Arc<Broadcast>) {
        self.spread(None, broadcast);
    }

    fn spread(&mut self, sequence: Option<i64>, broadcast: &Arc<Broadcast>) {
        for seat in &mut self.seats {
            match (&mut seat.place, sequence) {
                (Place::Entering { held, .. }, _) if held.len() < MAX_HELD => {
                    held.push((sequence, Arc::clone(broadcast)));
                }
                (Place::Entering { .. }, _) => seat.member.put_out(),
                (Place::Present { seen }, Some(sequence)) if sequence <= *seen => {}
                (Place::Present { seen }, sequence) => {
                    *seen = sequence.unwrap_or(*seen);
                    seat.member.tell(broadcast);
                }
            }
        }
    }

    /// Notes that somebody types, and tells the others if they did not before; returns whether that is so.
    pub(crate) fn start_typing(&mut self, started: &Broadcast, typist: Typist) -> bool {
        if !self.seats.iter().any(|seat| seat.member.id() == typist.session) {
            return false;
        }
        if let Some(known) = self.typists.iter_mut().find(|known| known.session == typist.session) {
            known.until = typist.until;
            return false;
        }
        self.hint_others(typist.session, started);
        self.typists.push(typist);
        true
    }

    /// Notes that somebody types no longer, and tells the others if they did.
    pub(crate) fn stop_typing(&mut self, session: SessionId) {
        if let Some(index) = self.typists.iter().position(|typist| typist.session == session) {
            let typist = self.typists.swap_remove(index);
            self.hint_others(session, &typist.stopped);
        }
    }

    /// Ends the typing of somebody, begun at this `beginning`, if its time is over; returns when it will be,
    /// if it is not.
    pub(crate) fn expire_typing(
        &mut self,
        session: SessionId,
        beginning: u64,
        now: Instant,
    ) -> Option<Instant> {
        let mut typists = self.typists.iter();
        let until = typists.find(|t| t.session == session && t.beginning == beginning)?.until;
        if until > now {
            return Some(until);
        }
        self.stop_typing(session);
        None
    }

    fn hint_others(&self, session: SessionId, broadcast: &Broadcast) {
        for seat in self.seats.iter().filter(|seat| seat.member.id() != session) {
            if matches!(seat.place, Place::Present { .. }) {
                seat.member.hint(broadcast);
            }
        }
    }

    /// Whether messages exist that the room has not told.
    pub(crate) fn has_gap(&self) -> bool {
        self.position.is_some_and(|position| position < self.known)
    }

    /// Whether somebody is to look into the store now. They tell when they are done with [`Room::healed`].
    pub(crate) fn wants_healing(&mut self) -> bool {
        let wants = self.has_gap() && !self.healing;
        self.healing |= wants;
        wants
    }

    /// Says that nobody looks into the store any more.
    pub(crate) const fn healed(&mut self) {
        self.healing = false;
    }

    /// The sequence behind which the store is to be read.
    pub(crate) const fn position(&self) -> Option<i64> {
        self.position
    }
}

#[cfg(test)]
mod tests;
