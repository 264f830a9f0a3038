//! Ticket numbers.

use std::fmt;

/// A ticket's number for people: `TKT-<year>-<n>`, `n` from 1 with at least three digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketNumber {
    year: i32,
    serial: i64,
}

impl TicketNumber {
    /// The number `serial` of `year`.
    #[must_use]
    pub const fn new(year: i32, serial: i64) -> Self {
        Self { year, serial }
    }

    /// The year it was given in.
    #[must_use]
    pub const fn year(self) -> i32 {
        self.year
    }

    /// Its place in that year, from 1.
    #[must_use]
    pub const fn serial(self) -> i64 {
        self.serial
    }

    /// Reads the written form, in any letter case; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (prefix, rest) = text.split_once('-')?;
        let (year, serial) = rest.split_once('-')?;
        let digits = |t: &str, len: std::ops::RangeInclusive<usize>| {
            len.contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit())
        };
        if !prefix.eq_ignore_ascii_case("tkt") || !digits(year, 4..=4) || !digits(serial, 3..=18) {
            return None;
        }
        let number = Self { year: year.parse().ok()?, serial: serial.parse().ok()? };
        (number.serial > 0 && (serial.len() == 3 || !serial.starts_with('0'))).then_some(number)
    }
}

impl fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TKT-{:04}-{:03}", self.year, self.serial)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_and_read_one_way() {
        for (serial, text) in [(1, "TKT-2026-001"), (1234, "TKT-2026-1234")] {
            assert_eq!(TicketNumber::new(2026, serial).to_string(), text);
            assert_eq!(TicketNumber::parse(text), Some(TicketNumber::new(2026, serial)));
        }
        assert_eq!(TicketNumber::parse("tkt-2026-001"), Some(TicketNumber::new(2026, 1)));
        for bad in [
            "TKT-2026-1",
            "TKT-2026-0001",
            "TKT-2026-000",
            "TKT-26-001",
            "TKT-2026-",
            "TKT-2026-00a",
            "2026-001",
        ] {
            assert_eq!(TicketNumber::parse(bad), None, "{bad}");
        }
    }
}
