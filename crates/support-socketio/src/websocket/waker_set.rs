//! Who waits for the same thing.

use std::task::Waker;

/// The tasks that wait. Mostly there is one; while a connection changes hands there are two.
#[derive(Debug, Default)]
pub(crate) struct WakerSet {
    first: Option<Waker>,
    others: Vec<Waker>,
    is_called: bool,
}

impl WakerSet {
    /// Adds a task, unless it waits already.
    pub(crate) fn add(&mut self, waker: &Waker) {
        if self.first.iter().chain(&self.others).any(|known| known.will_wake(waker)) {
            return;
        }
        if self.first.is_none() {
            self.first = Some(waker.clone());
        } else {
            self.others.push(waker.clone());
        }
    }

    /// What they wait for has come.
    pub(crate) fn call(&mut self) {
        self.is_called = true;
    }

    /// Takes out all of them if they are called, to be woken; who still waits adds itself again.
    pub(crate) fn called(&mut self) -> impl Iterator<Item = Waker> + use<> {
        let called = if std::mem::take(&mut self.is_called) { std::mem::take(self) } else { Self::default() };
        called.first.into_iter().chain(called.others)
    }
}
