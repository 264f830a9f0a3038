//! Query parameters.

use std::fmt::Display;
use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev};
use percent_encoding::percent_decode_str;
use support_api::problem::InvalidField;
use support_api::problem::Kind;
use support_domain::search;

use crate::failure::Failure;
use crate::limits::{DEFAULT_PAGE, MAX_PAGE};

/// The parameters of a query, decoded.
pub(crate) struct Params(Vec<(String, String)>);

impl FromRequest for Params {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(Self::parse(request.query_string()))
    }
}

/// That a query has no parameters, where none are known.
pub(crate) struct NoParams;

impl FromRequest for NoParams {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let params = Params::parse(request.query_string());
        ready(params.and_then(|params| params.read().finish().map(|()| Self)))
    }
}

impl Params {
    pub(crate) fn parse(query: &str) -> Result<Self, Failure> {
        // Parsing would replace what is not UTF-8.
        if percent_decode_str(query).decode_utf8().is_err() {
            return Err(Failure::new(Kind::MALFORMED, "the query is not UTF-8"));
        }
        Ok(Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect()))
    }

    /// A parameter, if it is given exactly once. For callers who may add parameters that nobody here knows.
    pub(crate) fn single(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    /// Whether a parameter is given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// Begins to read.
    pub(crate) fn read(&self) -> Query<'_> {
        Query { pairs: &self.0, asked: Vec::new(), violations: Vec::new() }
    }
}

/// Reads parameters one by one and collects everything that is wrong with them.
pub(crate) struct Query<'a> {
    pairs: &'a [(String, String)],
    asked: Vec<&'static str>,
    violations: Vec<InvalidField>,
}

impl<'a> Query<'a> {
    fn values(&mut self, name: &'static str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.asked.push(name);
        self.pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Says that a parameter does not fit.
    pub(crate) fn refuse(&mut self, name: &str, detail: impl Into<String>) {
        self.violations.push(InvalidField { pointer: format!("/{name}"), detail: detail.into() });
    }

    /// Whether a parameter is given and not empty.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(key, value)| key == name && !value.is_empty())
    }

    /// A parameter that may be given once.
    pub(crate) fn one<T, E: Display>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let mut values = self.values(name);
        let value = values.next()?;
        if values.next().is_some() {
            self.refuse(name, "is given more than once");
            return None;
        }
        parse(value).map_err(|error| self.refuse(name, error.to_string())).ok()
    }

    /// A parameter that may be given repeatedly, with comma-separated values each time; at most 100 in all.
    pub(crate) fn list<T, E: Display>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Vec<T> {
        let mut list = Vec::new();
        for value in self.values(name).flat_map(|value| value.split(',')) {
            match parse(value) {
                Ok(_) if list.len() == MAX_VALUES => {
                    self.refuse(name, format!("must have at most {MAX_VALUES} values"));
                    break;
                }
                Ok(value) => list.push(value),
                Err(error) => self.refuse(name, error.to_string()),
            }
        }
        list
    }

    /// The words of a search.
    pub(crate) fn search(&mut self) -> Vec<String> {
        let words = self.one("q", |text| match text.chars().nth(MAX_SEARCH) {
            Some(_) => Err(format!("must have at most {MAX_SEARCH} characters")),
            None => Ok(search::query_words(text)),
        });
        words.unwrap_or_default()
    }

    /// Where a page begins, if not at the first item; an empty cursor is none.
    pub(crate) fn cursor<T>(&mut self, open: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        self.one("cursor", |text| match text {
            "" => Ok(None),
            text => open(text).map(Some).ok_or("is no cursor of this list in this order"),
        })
        .flatten()
    }

    /// How many items a page has.
    pub(crate) fn limit(&mut self) -> u32 {
        self.one("limit", |text| integer(text, 1, MAX_PAGE)).unwrap_or(DEFAULT_PAGE)
    }

    /// Ends reading: parameters that were not asked for are unknown.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        let mut unknown: Vec<&str> = self.pairs.iter().map(|(name, _)| name.as_str()).collect();
        unknown.retain(|name| !self.asked.contains(name));
        unknown.sort_unstable();
        unknown.dedup();
        for name in unknown {
            let escaped = name.replace('~', "~0").replace('/', "~1");
            self.refuse(&escaped, "is not a known parameter");
        }
        if self.violations.is_empty() { Ok(()) } else { Err(Failure::validation(self.violations)) }
    }
}

/// The most characters of a search.
const MAX_SEARCH: usize = 500;
/// The most values of one parameter.
const MAX_VALUES: usize = 100;

/// Reads a whole number in digits.
pub(crate) fn integer(text: &str, min: u32, max: u32) -> Result<u32, String> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.then(|| text.parse::<u32>().unwrap_or(u32::MAX));
    number.filter(|number| (min..=max).contains(number)).ok_or_else(|| format!("must be from {min} to {max}"))
}

#[cfg(test)]
mod tests {
    use support_domain::value::Status;

    use super::*;

    fn violations(query: Query<'_>) -> Vec<String> {
        match query.finish() {
            Ok(()) => Vec::new(),
            Err(failure) => {
                failure.problem().errors.iter().map(|e| format!("{} {}", e.pointer, e.detail)).collect()
            }
        }
    }

    #[test]
    fn lists_are_comma_separated_or_repeated() {
        let params = Params::parse("status=open,IN_PROGRESS&status=closed&q=a+b%2Bc%C3%A4").expect("UTF-8");
        let mut query = params.read();
        assert_eq!(query.list("status", Status::parse), [Status::Open, Status::InProgress, Status::Closed]);
        assert_eq!(query.one("q", |q| Ok::<_, String>(q.to_owned())), Some("a b+cä".to_owned()));
        assert_eq!(violations(query), Vec::<String>::new());
    }

    #[test]
    fn everything_that_does_not_fit_is_named() {
        let params = Params::parse("status=open,,x&limit=0&limit=3&a~/b=1&a~/b=2&q").expect("UTF-8");
        let mut query = params.read();
        assert_eq!(query.list("status", Status::parse), [Status::Open]);
        assert_eq!(query.limit(), DEFAULT_PAGE);
        assert_eq!(query.one("q", |q| Ok::<_, String>(q.to_owned())), Some(String::new()));
        let known = "must be one of open, in-progress, escalated, resolved, closed";
        assert_eq!(
            violations(query),
            [
                format!("/status {known}"),
                format!("/status {known}"),
                "/limit is given more than once".to_owned(),
                "/a~0~1b is not a known parameter".to_owned(),
            ]
        );
    }

    #[test]
    fn numbers_are_digits_in_their_range() {
        assert_eq!(integer("200", 1, 200), Ok(200));
        assert_eq!(integer("007", 1, 200), Ok(7));
        for bad in ["", "0", "201", "-1", "+1", "1.0", " 1", "99999999999999999999"] {
            assert!(integer(bad, 1, 200).is_err(), "{bad}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_malformed() {
        assert_eq!(Params::parse("q=%FF").err().map(|failure| failure.problem().status), Some(400));
        assert_eq!(Params::parse("q=%C3&%A4=1").err().map(|failure| failure.problem().status), Some(400));
        assert_eq!(Params::parse("&&q=%zz+%2&").expect("UTF-8").single("q"), Some("%zz %2"));
    }
}
