//! Reads JSON into commands and collects everything that is wrong with it.

use std::fmt::Display;

use serde_json::{Map, Value};
use support_domain::value::UnknownChoice;

use crate::problem::InvalidField;

/// A field that does not fit; the [`Reader`] knows what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

/// A field as read.
pub type Read<T> = Result<T, Refused>;

/// A request body.
pub trait Request {
    /// What it asks for.
    type Command;

    /// Reads its fields: all of them, so that `body` knows of each that does not fit.
    ///
    /// # Errors
    /// When one of them does not fit.
    fn read(body: &mut Reader<'_>) -> Read<Self::Command>;
}

/// Reads a whole request body.
///
/// # Errors
/// Every field that is missing, unknown, of a wrong type or out of its range.
pub fn read<R: Request>(body: &Value) -> Result<R::Command, Vec<InvalidField>> {
    let Value::Object(fields) = body else {
        return Err(vec![InvalidField { pointer: String::new(), detail: "must be an object".to_owned() }]);
    };
    let mut violations = Vec::new();
    let command = Reader::new(fields, "", &mut violations).run(R::read);
    match command {
        Ok(command) if violations.is_empty() => Ok(command),
        _ => Err(violations),
    }
}

/// The fields of one JSON object.
pub struct Reader<'a> {
    fields: &'a Map<String, Value>,
    at: &'a str,
    asked: Vec<&'static str>,
    violations: &'a mut Vec<InvalidField>,
}

impl<'a> Reader<'a> {
    fn new(fields: &'a Map<String, Value>, at: &'a str, violations: &'a mut Vec<InvalidField>) -> Self {
        Self { fields, at, asked: Vec::new(), violations }
    }

    /// Lets `read` ask for fields; those it did not ask for are unknown.
    fn run<T>(mut self, read: impl FnOnce(&mut Reader<'_>) -> Read<T>) -> Read<T> {
        let value = read(&mut self);
        for name in self.fields.keys() {
            if !self.asked.contains(&name.as_str()) {
                let pointer = format!("{}/{}", self.at, escape(name));
                self.violations.push(InvalidField { pointer, detail: "is not a known field".to_owned() });
            }
        }
        value
    }

    /// Says that `field` does not fit.
    ///
    /// # Errors
    /// Always: the answer for the caller to hand on.
    pub fn refuse<T>(&mut self, field: &str, detail: impl Into<String>) -> Read<T> {
        self.violations.push(InvalidField { pointer: format!("{}/{field}", self.at), detail: detail.into() });
        Err(Refused)
    }

    fn get(&mut self, name: &'static str) -> Option<&'a Value> {
        self.asked.push(name);
        self.fields.get(name)
    }

    /// Whether the object has a field.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// A field that must be there.
    ///
    /// # Errors
    /// When it is not, or does not fit.
    pub fn required<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Read<T> {
        match self.get(name).map(read) {
            Some(Ok(value)) => Ok(value),
            Some(Err(detail)) => self.refuse(name, detail),
            None => self.refuse(name, "is required"),
        }
    }

    /// A field that may be absent, but not null.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Read<Option<T>> {
        match self.get(name).map(read) {
            Some(Ok(value)) => Ok(Some(value)),
            Some(Err(detail)) => self.refuse(name, detail),
            None => Ok(None),
        }
    }

    /// A field that may be absent, or null: `Some(None)`.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn nullable<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Read<Option<Option<T>>> {
        self.optional(name, |value| if value.is_null() { Ok(None) } else { read(value).map(Some) })
    }

    /// A list that may be absent, of at most `max` items.
    ///
    /// # Errors
    /// When it or one of its items does not fit.
    pub fn list<T>(
        &mut self,
        name: &'static str,
        max: usize,
        read: impl Fn(&Value) -> Result<T, String>,
    ) -> Read<Option<Vec<T>>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let Value::Array(items) = value else { return self.refuse(name, "must be an array") };
        if items.len() > max {
            return self.refuse(name, format!("must have at most {max} items"));
        }
        let values: Vec<Read<T>> = (0..)
            .zip(items)
            .map(|(index, item)| read(item).or_else(|detail| self.refuse(&format!("{name}/{index}"), detail)))
            .collect();
        values.into_iter().collect::<Read<_>>().map(Some)
    }

    /// An object that may be absent.
    ///
    /// # Errors
    /// When it or one of its fields does not fit.
    pub fn object<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Reader<'_>) -> Read<T>,
    ) -> Read<Option<T>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let Value::Object(fields) = value else { return self.refuse(name, "must be an object") };
        let at = format!("{}/{name}", self.at);
        Reader::new(fields, &at, self.violations).run(read).map(Some)
    }
}

/// Escapes a name for a JSON pointer (RFC 6901, section 3).
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Reads a string by one of the domain's parsers.
pub fn text<T, E: Display>(parse: impl Fn(&str) -> Result<T, E>) -> impl Fn(&Value) -> Result<T, String> {
    move |value| parse(value.as_str().ok_or("must be a string")?).map_err(|error| error.to_string())
}

/// Reads one of the values of a closed set.
pub fn choice<T>(parse: fn(&str) -> Result<T, UnknownChoice>) -> impl Fn(&Value) -> Result<T, String> {
    text(parse)
}

/// Reads an id; `parse` is the id type's own.
pub fn id<T>(parse: fn(&str) -> Option<T>) -> impl Fn(&Value) -> Result<T, String> {
    text(move |text| parse(text).ok_or("must be a UUID"))
}

/// Reads a ticket's id or number.
///
/// # Errors
/// What is wrong with it.
pub fn ticket_key(value: &Value) -> Result<support_domain::command::TicketKey, String> {
    text(|text| support_domain::command::TicketKey::parse(text).ok_or("must be a UUID or a ticket number"))(
        value,
    )
}

/// Reads a boolean.
///
/// # Errors
/// What is wrong with it.
pub fn flag(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| "must be true or false".to_owned())
}

/// Reads a whole number from `min` to `max`; `2.0` is one (JSON Schema, "integer").
pub fn integer(min: i64, max: i64) -> impl Fn(&Value) -> Result<i64, String> {
    move |value| {
        let number = whole(value).ok_or("must be an integer")?;
        if (min..=max).contains(&number) {
            Ok(number)
        } else if max == i64::MAX {
            Err(format!("must be at least {min}"))
        } else {
            Err(format!("must be from {min} to {max}"))
        }
    }
}

/// The integer that a number is, held at the ends of what fits.
fn whole(value: &Value) -> Option<i64> {
    if let Some(number) = value.as_i64() {
        return Some(number);
    }
    if value.is_u64() {
        return Some(i64::MAX);
    }
    #[expect(clippy::cast_possible_truncation, reason = "a cast holds a float at the ends of the integers")]
    value.as_f64().filter(|number| number.fract() == 0.0).map(|number| number as i64)
}

/// Reads a tier.
///
/// # Errors
/// What is wrong with it.
pub fn tier(value: &Value) -> Result<support_domain::entity::Tier, String> {
    let number = integer(1, 3)(value)?;
    support_domain::entity::Tier::new(number).ok_or_else(|| "must be from 1 to 3".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use support_domain::value::{Status, Subject};

    use super::*;

    struct Sample;

    impl Request for Sample {
        type Command = (Subject, Option<Status>, Option<Option<i64>>, Vec<bool>, Option<bool>);

        fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
            let subject = body.required("subject", text(Subject::parse));
            let status = body.optional("status", choice(Status::parse));
            let number = body.nullable("number", integer(1, 9));
            let flags = body.list("flags", 2, flag);
            let inner = body.object("inner", |inner| inner.required("flag", flag));
            Ok((subject?, status?, number?, flags?.unwrap_or_default(), inner?))
        }
    }

    fn violations(body: &Value) -> Vec<String> {
        let violations = read::<Sample>(body).err().unwrap_or_default();
        violations.into_iter().map(|v| format!("{} {}", v.pointer, v.detail)).collect()
    }

    #[test]
    fn a_body_that_fits_is_read() {
        let body = json!({
            "subject": " Hello ", "status": "IN_PROGRESS", "number": null, "flags": [true], "inner": {"flag": false},
        });
        let (subject, status, number, flags, inner) = read::<Sample>(&body).expect("fits");
        assert_eq!((subject.as_str(), status), ("Hello", Some(Status::InProgress)));
        assert_eq!((number, flags, inner), (Some(None), vec![true], Some(false)));
        let (_, status, number, ..) = read::<Sample>(&json!({"subject": "x", "number": 2.0})).expect("fits");
        assert_eq!((status, number), (None, Some(Some(2))));
    }

    #[test]
    fn everything_that_does_not_fit_is_named() {
        let body = json!({
            "status": null, "number": 10, "flags": [1, true], "inner": {"a/b~": 1}, "Subject": "x",
        });
        assert_eq!(
            violations(&body),
            [
                "/subject is required",
                "/status must be a string",
                "/number must be from 1 to 9",
                "/flags/0 must be true or false",
                "/inner/flag is required",
                "/inner/a~1b~0 is not a known field",
                "/Subject is not a known field",
            ]
        );
        assert_eq!(violations(&json!([])), [" must be an object"]);
        assert_eq!(
            violations(&json!({"subject": "x", "flags": [true, true, true], "inner": 1, "number": 1.5})),
            ["/number must be an integer", "/flags must have at most 2 items", "/inner must be an object"]
        );
    }

    #[test]
    fn numbers_beyond_the_integers_are_out_of_range() {
        for number in [json!(u64::MAX), json!(1e300), json!(-1e300)] {
            assert_eq!(integer(1, 9)(&number), Err("must be from 1 to 9".to_owned()));
        }
    }
}
