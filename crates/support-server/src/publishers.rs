//! Everybody who is told of events.

use std::sync::Arc;

use support_domain::event::{Event, Publisher};

/// Several publishers, told one after the other.
pub(crate) struct Publishers(pub(crate) Vec<Arc<dyn Publisher>>);

impl Publisher for Publishers {
    fn publish(&self, events: &[Event]) {
        for publisher in &self.0 {
            publisher.publish(events);
        }
    }
}
