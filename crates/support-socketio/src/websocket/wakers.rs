//! Who waits for the same thing.

use std::task::Waker;

/// How many may wait before all of them are woken to ask again.
const MOST: usize = 4;

/// The tasks that wait. Mostly there is one; while a connection changes hands there are two.
#[derive(Debug, Default)]
pub(crate) struct Wakers {
    first: Option<Waker>,
    others: Vec<Waker>,
}

impl Wakers {
    /// Adds a task, unless it waits already.
    pub(crate) fn add(&mut self, waker: &Waker) {
        if self.first.iter().chain(&self.others).any(|known| known.will_wake(waker)) {
            return;
        }
        if self.first.is_none() {
            self.first = Some(waker.clone());
            return;
        }
        if self.others.len() + 1 >= MOST {
            self.wake();
        }
        self.others.push(waker.clone());
    }

    /// Wakes all of them; who still waits adds itself again.
    pub(crate) fn wake(&mut self) {
        if let Some(first) = self.first.take() {
            first.wake();
        }
        for other in std::mem::take(&mut self.others) {
            other.wake();
        }
    }
}
