//! What is to happen later, in the order of its time: one timer for the whole node.
//!
//! Entries come from the runtimes of all workers, and the timer runs on that of the task which waits. A
//! `tokio_util::time::DelayQueue` would run it on the runtime of whoever added an entry, and behind the same
//! lock.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// An entry's place, by which it can be taken back.
pub(crate) type Entry = (Instant, u64);

/// Things to be done, each at its time.
#[derive(Debug)]
pub(crate) struct Agenda<T> {
    state: Mutex<State<T>>,
    earlier: Notify,
}

#[derive(Debug)]
struct State<T> {
    due: BTreeMap<Entry, T>,
    next: u64,
}

impl<T> Agenda<T> {
    /// An empty agenda.
    pub(crate) fn new() -> Self {
        Self { state: Mutex::new(State { due: BTreeMap::new(), next: 0 }), earlier: Notify::new() }
    }

    /// Has something done at a time.
    pub(crate) fn add(&self, at: Instant, thing: T) -> Entry {
        let mut state = self.lock();
        let entry = (at, state.next);
        state.next += 1;
        state.due.insert(entry, thing);
        let is_first = state.due.first_key_value().is_some_and(|(first, _)| *first == entry);
        drop(state);
        if is_first {
            self.earlier.notify_one();
        }
        entry
    }

    /// Takes something back that is not done yet.
    pub(crate) fn cancel(&self, entry: Entry) {
        self.lock().due.remove(&entry);
    }

    /// Waits for the next thing whose time has come. For one caller at a time.
    pub(crate) async fn next(&self) -> T {
        loop {
            let first = match self.take(Instant::now()) {
                Ok(thing) => return thing,
                Err(first) => first,
            };
            let earlier = self.earlier.notified();
            match first {
                Some(at) => tokio::select! {
                    () = sleep_until(at) => {}
                    () = earlier => {}
                },
                None => earlier.await,
            }
        }
    }

    /// The first thing, if its time has come; else its time.
    fn take(&self, now: Instant) -> Result<T, Option<Instant>> {
        let mut state = self.lock();
        match state.due.first_entry() {
            Some(first) if first.key().0 <= now => Ok(first.remove()),
            Some(first) => Err(Some(first.key().0)),
            None => Err(None),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn things_come_in_the_order_of_their_time() {
        let agenda = Agenda::new();
        let at = |seconds| Instant::now() + Duration::from_secs(seconds);
        agenda.add(at(3), "third");
        agenda.add(at(1), "first");
        let second = agenda.add(at(2), "second");
        assert_eq!(agenda.next().await, "first");
        agenda.cancel(second);
        assert_eq!(agenda.next().await, "third");
    }

    #[tokio::test(start_paused = true)]
    async fn one_who_waits_hears_of_something_earlier() {
        let agenda = Agenda::new();
        agenda.add(Instant::now() + Duration::from_hours(1), "late");
        let (first, ()) = tokio::join!(agenda.next(), async {
            tokio::task::yield_now().await;
            agenda.add(Instant::now() + Duration::from_secs(1), "soon");
        });
        assert_eq!(first, "soon");
    }
}
