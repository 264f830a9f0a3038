//! Points in time and the clock that tells them.

use std::fmt;

use chrono::{DateTime, Datelike, SecondsFormat, TimeDelta, Utc};

/// A point in time in UTC, to the microsecond: PostgreSQL keeps no more.
///
/// Shown as RFC 3339 with milliseconds and `Z`, as `docs/contract.md`, section 2.1 asks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The Unix epoch.
    pub const EPOCH: Self = Self(0);

    /// Takes microseconds since the Unix epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Reads an RFC 3339 time with any offset, or a date (`2026-11-24`), which means its first instant in
    /// UTC.
    ///
    /// `None` when `text` is neither, or lies outside the years 1 to 9999.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let at = match DateTime::parse_from_rfc3339(text) {
            Ok(at) => at.with_timezone(&Utc),
            Err(_) => text.parse::<chrono::NaiveDate>().ok()?.and_hms_opt(0, 0, 0)?.and_utc(),
        };
        (1..=9999).contains(&at.year()).then_some(Self(at.timestamp_micros()))
    }

    /// The same point as chrono knows it; the epoch where chrono cannot reach.
    #[must_use]
    pub fn to_datetime(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }

    /// The calendar year in UTC, which ticket numbers carry.
    #[must_use]
    pub fn year(self) -> i32 {
        self.to_datetime().year()
    }

    /// This point moved by `delta`, held at the ends of what can be shown.
    #[must_use]
    pub fn plus(self, delta: TimeDelta) -> Self {
        Self(self.0.saturating_add(delta.num_microseconds().unwrap_or(i64::MAX)))
    }

    /// Seconds from `earlier` to this point; negative when `earlier` is later.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "2^52 microseconds are 142 years")]
    pub fn seconds_since(self, earlier: Self) -> f64 {
        self.0.saturating_sub(earlier.0) as f64 / 1e6
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_micros())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_datetime().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Tells the time. A port, so that tests and replays can hold it still.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_with_offsets_and_as_dates() {
        let with_offset = Timestamp::parse("2026-11-24T03:30:00.5+01:30").expect("RFC 3339");
        assert_eq!(with_offset.to_string(), "2026-11-24T02:00:00.500Z");
        assert_eq!(Timestamp::parse("2026-11-24").expect("date").to_string(), "2026-11-24T00:00:00.000Z");
        assert_eq!(Timestamp::parse("yesterday"), None);
        assert_eq!(Timestamp::parse("+12026-01-01"), None);
    }
}
