//! Ids that can be predicted.

use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

use crate::id::IdSource;
use crate::time::Timestamp;

/// Counts: the n-th id is a UUID v7 (RFC 9562) with one fixed time and n in its last digits, so the first at
/// the epoch is `00000000-0000-7000-8000-000000000001`. Two sources with different times never give out the
/// same id.
#[derive(Debug)]
pub struct SequentialIds {
    millis: u64,
    last: AtomicU64,
}

impl SequentialIds {
    /// Ids whose time is `at`, to the millisecond; the epoch for earlier times.
    #[must_use]
    pub fn new(at: Timestamp) -> Self {
        Self { millis: u64::try_from(at.as_micros() / 1_000).unwrap_or(0), last: AtomicU64::new(0) }
    }

    /// The id that the `n`-th call of [`IdSource::next_id`] gives, counted from 1.
    #[must_use]
    pub fn nth(&self, n: u64) -> Uuid {
        const VERSION_AND_VARIANT: u128 = 0x7000_8000_0000_0000_0000;
        let (time, counter) =
            (u128::from(self.millis & 0xffff_ffff_ffff), u128::from(n & 0x3fff_ffff_ffff_ffff));
        Uuid::from_u128(time << 80 | VERSION_AND_VARIANT | counter)
    }
}

impl Default for SequentialIds {
    /// Ids at the epoch.
    fn default() -> Self {
        Self::new(Timestamp::EPOCH)
    }
}

impl IdSource for SequentialIds {
    fn next_id(&self) -> Uuid {
        self.nth(self.last.fetch_add(1, Ordering::SeqCst) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_ascend_and_have_the_form_of_version_7() {
        let ids = SequentialIds::new(Timestamp::parse("2026-11-24T02:00:00Z").expect("valid"));
        let (first, second) = (ids.next_id(), ids.next_id());
        assert!(first < second);
        assert_eq!((first.get_version_num(), first.get_variant()), (7, uuid::Variant::RFC4122));
        assert_eq!(second, ids.nth(2));
        let (seconds, nanos) = first.get_timestamp().expect("version 7").to_unix();
        assert_eq!((seconds, nanos), (1_795_485_600, 0));
        assert_eq!(SequentialIds::default().next_id().to_string(), "00000000-0000-7000-8000-000000000001");
    }
}
