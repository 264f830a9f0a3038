//! A publisher that keeps what it is given.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::event::{Event, Publisher};

/// Keeps every event in the order of publication, without limit: take them now and then.
#[derive(Debug, Default)]
pub struct RecordingPublisher {
    events: Mutex<Vec<Event>>,
}

impl RecordingPublisher {
    /// A publisher that was given nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The events so far.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.lock().clone()
    }

    /// The events so far, which are then forgotten.
    #[must_use]
    pub fn take(&self) -> Vec<Event> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Event>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Publisher for RecordingPublisher {
    fn publish(&self, events: &[Event]) {
        self.lock().extend_from_slice(events);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::TicketField;
    use crate::event::TicketFilterKey;
    use crate::fixture;

    #[test]
    fn events_are_kept_in_order_until_taken() {
        let publisher = RecordingPublisher::new();
        publisher.publish(&[Event::NewTicket { ticket: fixture::ticket(1) }]);
        let ticket = fixture::ticket(1);
        let before = TicketFilterKey::of(&ticket);
        publisher.publish(&[Event::TicketUpdated { ticket, before, changes: vec![TicketField::Tags] }]);
        let are_in_order = |events: Vec<Event>| {
            matches!(events.as_slice(), [Event::NewTicket { .. }, Event::TicketUpdated { .. }])
        };
        assert!(are_in_order(publisher.events()));
        assert!(are_in_order(publisher.take()));
        assert!(publisher.events().is_empty());
    }
}
