//! Points in time in queries: an RFC 3339 time with any offset, or a date in UTC.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use support_domain::time::Timestamp;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, SchemaFormat, Type};
use utoipa::openapi::{KnownFormat, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The beginning of a period: a time itself, a date's first instant.
pub(crate) fn from(text: &str) -> Result<Timestamp, &'static str> {
    Moment::parse(text).map(|moment| match moment {
        Moment::Time(time) => time,
        Moment::Day(day) => first_instant(day),
    })
}

/// The end of a period, exclusive: just behind a time, the first instant of the day behind a date.
pub(crate) fn to(text: &str) -> Result<Timestamp, &'static str> {
    Moment::parse(text).map(|moment| match moment {
        Moment::Time(time) => time.plus(TimeDelta::microseconds(1)),
        Moment::Day(day) => first_instant(day).plus(TimeDelta::days(1)),
    })
}

/// Describes a time with any offset, or a date.
pub(crate) struct MomentSchema;

impl PartialSchema for MomentSchema {
    fn schema() -> RefOr<Schema> {
        let format = |format: KnownFormat| {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .format(Some(SchemaFormat::KnownFormat(format)))
                .pattern(Some("^(?!0000)"))
        };
        let formats = OneOfBuilder::new().item(format(KnownFormat::Date)).item(format(KnownFormat::DateTime));
        Schema::from(formats).into()
    }
}

impl ToSchema for MomentSchema {}

enum Moment {
    Time(Timestamp),
    Day(NaiveDate),
}

impl Moment {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let known = text.starts_with(|c: char| c.is_ascii_digit()) && !text.starts_with("0000");
        let day = || is_date(text).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten();
        let time = || DateTime::parse_from_rfc3339(text).ok();
        match (known, time(), day()) {
            (true, Some(time), _) => Ok(Self::Time(time.with_timezone(&Utc).into())),
            (true, None, Some(day)) => Ok(Self::Day(day)),
            _ => Err("must be an RFC 3339 time or a date such as 2026-11-24"),
        }
    }
}

/// Whether `text` has the form of a full date (RFC 3339, section 5.6).
fn is_date(text: &str) -> bool {
    let fits = |(place, byte): (usize, u8)| {
        if matches!(place, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() }
    };
    text.len() == 10 && text.bytes().enumerate().all(fits)
}

fn first_instant(day: NaiveDate) -> Timestamp {
    day.and_time(chrono::NaiveTime::MIN).and_utc().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_a_whole_day_and_a_time_an_instant() {
        let at = |text: &str| Timestamp::parse(text).ok_or("unreadable");
        assert_eq!(from("2026-11-24"), at("2026-11-24T00:00:00Z"));
        assert_eq!(to("2026-11-24"), at("2026-11-25T00:00:00Z"));
        assert_eq!(from("2026-11-24T02:00:00.5+01:00"), at("2026-11-24T01:00:00.5Z"));
        assert_eq!(to("2026-11-24T02:00:00Z"), at("2026-11-24T02:00:00.000001Z"));
        assert!(to("9999-12-31").is_ok() && from("0001-01-01T00:00:00+23:59").is_ok());
    }

    #[test]
    fn other_texts_are_no_times() {
        let others =
            ["", "yesterday", "2026", "2026-11", "2026-11-31", "24.11.2026", "20261124", "2026-11-24T02:00"];
        for other in others.into_iter().chain([
            "0000-01-01",
            " 2026-11-24",
            "2026-11-24 ",
            "+026-11-24",
            "2026- 1-24",
            "2026-1-024",
            "1764000000",
        ]) {
            assert!(from(other).is_err() && to(other).is_err(), "{other}");
        }
    }
}
