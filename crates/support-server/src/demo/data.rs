//! The demo desk as its files describe it; `demo/departments-and-people.toml` tells the format.

use serde::Deserialize;

use crate::failure::Failure;

const PEOPLE: &str = include_str!("../../demo/departments-and-people.toml");
const TICKETS: [&str; 8] = [
    include_str!("../../demo/tickets-1.toml"),
    include_str!("../../demo/tickets-2.toml"),
    include_str!("../../demo/tickets-3.toml"),
    include_str!("../../demo/tickets-4.toml"),
    include_str!("../../demo/tickets-5.toml"),
    include_str!("../../demo/tickets-6.toml"),
    include_str!("../../demo/tickets-7.toml"),
    include_str!("../../demo/tickets-8.toml"),
];

/// Everybody and everything of the demo desk.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct People {
    pub(super) admin: Admin,
    pub(super) department: Vec<Department>,
    pub(super) agent: Vec<Agent>,
    pub(super) customer: Vec<Customer>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Admin {
    pub(super) name: String,
    pub(super) email: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Department {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) tier: i64,
    pub(super) categories: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Agent {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) phone: String,
    pub(super) department: String,
    pub(super) tier: i64,
    pub(super) capacity: Option<u32>,
    pub(super) status: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Customer {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) phone: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tickets {
    ticket: Vec<Ticket>,
}

/// A ticket and what happens to it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ticket {
    pub(super) customer: String,
    pub(super) age: Span,
    pub(super) subject: String,
    pub(super) description: String,
    pub(super) category: String,
    pub(super) priority: String,
    pub(super) department: Option<String>,
    #[serde(default)]
    pub(super) tags: Vec<String>,
    #[serde(default)]
    pub(super) step: Vec<Step>,
}

/// Something that happens to a ticket.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) after: Span,
    #[serde(rename = "do")]
    pub(super) what: What,
    pub(super) agent: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) text: Option<String>,
    pub(super) by: Option<By>,
    pub(super) to: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum What {
    Assign,
    Escalate,
    Progress,
    Customer,
    Agent,
    Read,
    Priority,
    Resolve,
    Reopen,
    Close,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum By {
    Customer,
    Agent,
}

/// A length of time such as `12d4h` or `25m`, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Span(pub(super) i64);

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut minutes = 0;
        let mut number = String::new();
        for c in text.chars() {
            let unit = match c {
                '0'..='9' => {
                    number.push(c);
                    continue;
                }
                'd' => 24 * 60,
                'h' => 60,
                'm' => 1,
                _ => return Err(format!("{text}: not a length of time")),
            };
            let value: i64 = number.parse().map_err(|_| format!("{text}: not a length of time"))?;
            minutes += value * unit;
            number.clear();
        }
        if number.is_empty() { Ok(Self(minutes)) } else { Err(format!("{text}: the unit is missing")) }
    }
}

/// Reads the files.
pub(super) fn read() -> Result<(People, Vec<Ticket>), Failure> {
    let failed = |error: toml::de::Error| Failure::new(format!("demo data: {error}"));
    let people = toml::from_str(PEOPLE).map_err(failed)?;
    let mut tickets = Vec::new();
    for text in TICKETS {
        tickets.extend(toml::from_str::<Tickets>(text).map_err(failed)?.ticket);
    }
    Ok((people, tickets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_as_they_are_written() {
        assert_eq!(Span::try_from("12d4h".to_owned()), Ok(Span(12 * 1440 + 240)));
        assert_eq!(Span::try_from("25m".to_owned()), Ok(Span(25)));
        assert!(Span::try_from("25".to_owned()).is_err());
        assert!(Span::try_from("x".to_owned()).is_err());
    }

    #[test]
    fn the_files_hold_a_whole_desk() {
        let (people, tickets) = read().expect("readable");
        assert_eq!(people.department.len(), 5);
        assert!(tickets.len() >= 60);
    }
}
