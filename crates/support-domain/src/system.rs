//! The machine's clock, and ids that ascend with it.

use uuid::Uuid;

use crate::id::IdSource;
use crate::time::{Clock, Timestamp};

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place where time comes from")]
    fn now(&self) -> Timestamp {
        chrono::Utc::now().into()
    }
}

/// UUID v7 (RFC 9562): ascending within this process.
#[derive(Clone, Copy, Debug, Default)]
pub struct UuidV7Ids;

impl IdSource for UuidV7Ids {
    #[expect(clippy::disallowed_methods, reason = "this is the one place where ids come from")]
    fn next_id(&self) -> Uuid {
        Uuid::now_v7()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_ascend() {
        let ids: Vec<Uuid> = (0..100).map(|_| UuidV7Ids.next_id()).collect();
        assert!(ids.is_sorted_by(|earlier, later| earlier < later));
    }
}
