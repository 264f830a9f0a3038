//! All rooms that somebody is in.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use support_domain::id::TicketId;

use crate::room::{Member, Room, SessionId};

/// Rooms are spread over so many maps, so that few threads wait for each other.
const SHARDS: usize = 64;

type Shared<M> = Arc<Mutex<Room<M>>>;

/// Rooms by their ticket. A room is there as long as somebody is in it.
pub(crate) struct Rooms<M> {
    shards: Vec<Mutex<HashMap<TicketId, Shared<M>>>>,
    hasher: RandomState,
}

impl<M: Member> Rooms<M> {
    /// No rooms.
    pub(crate) fn new() -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), hasher: RandomState::new() }
    }

    /// Does something to a ticket's room, if there is one.
    pub(crate) fn with<T>(&self, ticket: TicketId, run: impl FnOnce(&mut Room<M>) -> T) -> Option<T> {
        let room = self.shard(ticket)?.get(&ticket).map(Arc::clone)?;
        let mut room = lock(&room);
        Some(run(&mut room))
    }

    /// Seats somebody in a ticket's room, which is made if need be.
    pub(crate) fn enter(&self, ticket: TicketId, member: M, entry: u64) {
        if let Some(mut shard) = self.shard(ticket) {
            let room = shard.entry(ticket).or_insert_with(|| Arc::new(Mutex::new(Room::new())));
            // Within the map's lock, so that the room is not taken down in between.
            lock(room).enter(member, entry);
        }
    }

    /// Takes somebody's seat away, and the room down if it was the last one.
    pub(crate) fn leave(&self, ticket: TicketId, session: SessionId) {
        self.with(ticket, |room| room.leave(session));
        self.tidy(ticket);
    }

    /// Takes a room down that nobody is in.
    pub(crate) fn tidy(&self, ticket: TicketId) {
        if let Some(mut shard) = self.shard(ticket)
            && let Entry::Occupied(entry) = shard.entry(ticket)
            && lock(entry.get()).is_empty()
        {
            entry.remove();
        }
    }

    /// The tickets that have a room.
    pub(crate) fn tickets(&self) -> Vec<TicketId> {
        self.shards.iter().flat_map(|shard| lock(shard).keys().copied().collect::<Vec<_>>()).collect()
    }

    /// How many rooms there are.
    pub(crate) fn count(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).len()).sum()
    }

    fn shard(&self, ticket: TicketId) -> Option<MutexGuard<'_, HashMap<TicketId, Shared<M>>>> {
        let hash = usize::try_from(self.hasher.hash_one(ticket) % SHARDS as u64).ok()?;
        self.shards.get(hash).map(lock)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
