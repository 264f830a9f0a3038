//! The real clock and the real source of ids.

use support_domain::id::IdSource;
use support_domain::time::{Clock, Timestamp};
use uuid::Uuid;

/// The machine's clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place where time comes from")]
    fn now(&self) -> Timestamp {
        chrono::Utc::now().into()
    }
}

/// UUID v7 (RFC 9562): ascending within this process.
pub(crate) struct SystemIds;

impl IdSource for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "this is the one place where ids come from")]
    fn next_id(&self) -> Uuid {
        Uuid::now_v7()
    }
}
