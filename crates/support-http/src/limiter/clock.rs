//! The time by which limits count.

use std::time::Duration;

use support_web::limit::nanos;

/// How long the service has been running. It never goes backwards, as the time of day may.
pub(super) struct Clock(Box<dyn Fn() -> Duration + Send + Sync>);

impl Clock {
    pub(super) fn new(elapsed: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Box::new(elapsed))
    }

    /// The time in nanoseconds.
    pub(super) fn now(&self) -> u64 {
        nanos((self.0)())
    }
}
