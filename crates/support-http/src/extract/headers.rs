//! Conditions on versions and names for requests.

use std::future::{Ready, ready};

use actix_web::http::header::{self, HeaderName};
use actix_web::{FromRequest, HttpRequest, dev};
use support_api::problem::Kind;
use support_domain::value::IdempotencyKey;

use crate::failure::Failure;

/// The name that a caller gives to a request, so that it can be repeated.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Reads `Idempotency-Key`.
pub(crate) fn idempotency_key(request: &HttpRequest) -> Result<Option<IdempotencyKey>, Failure> {
    let Some(value) = single(request, &IDEMPOTENCY_KEY)? else { return Ok(None) };
    let key = IdempotencyKey::parse(value);
    key.map(Some).map_err(|error| Failure::new(Kind::MALFORMED, format!("Idempotency-Key {error}")))
}

/// The versions that `If-Match` lets a ticket be at (RFC 9110, section 13.1.1).
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum IfMatch {
    /// Any: no header, or `*`.
    Any,
    /// One of these. A tag that is no version of ours is one that no ticket has: 0.
    OneOf(Vec<i64>),
}

impl FromRequest for IfMatch {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(tags(request, &header::IF_MATCH).map(|tags| match tags {
            None | Some(Tags::Any) => Self::Any,
            // Weak tags never match here (RFC 9110, section 8.8.3.2).
            Some(Tags::Listed(tags)) => {
                Self::OneOf(tags.iter().map(|tag| if tag.weak { 0 } else { version(&tag.value) }).collect())
            }
        }))
    }
}

/// The versions that a caller of `If-None-Match` has already (RFC 9110, section 13.1.2). A malformed header
/// names none: the caller then gets the whole ticket, which is always right.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct IfNoneMatch(Option<Tags>);

impl FromRequest for IfNoneMatch {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(Ok(Self(tags(request, &header::IF_NONE_MATCH).unwrap_or_default())))
    }
}

impl IfNoneMatch {
    /// Whether the caller has this version already.
    pub(crate) fn has(&self, current: i64) -> bool {
        match &self.0 {
            None => false,
            Some(Tags::Any) => true,
            Some(Tags::Listed(tags)) => tags.iter().any(|tag| version(&tag.value) == current),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Tags {
    Any,
    Listed(Vec<Tag>),
}

#[derive(Debug, PartialEq, Eq)]
struct Tag {
    weak: bool,
    value: String,
}

fn version(tag: &str) -> i64 {
    tag.parse().unwrap_or(0)
}

fn tags(request: &HttpRequest, name: &HeaderName) -> Result<Option<Tags>, Failure> {
    let lines: Vec<_> = request.headers().get_all(name).collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let lines: Option<Vec<&str>> = lines.iter().map(|line| line.to_str().ok()).collect();
    let parsed = lines.and_then(|lines| parse_tags(&lines.join(",")));
    parsed.map(Some).ok_or_else(|| {
        Failure::new(Kind::MALFORMED, format!("{name} must be * or entity tags such as \"3\", in quotes"))
    })
}

/// Reads `*` or a comma-separated list of entity tags.
fn parse_tags(text: &str) -> Option<Tags> {
    let mut rest = text.trim();
    if rest == "*" {
        return Some(Tags::Any);
    }
    let mut tags = Vec::new();
    loop {
        let (weak, quoted) = rest.strip_prefix("W/").map_or((false, rest), |quoted| (true, quoted));
        let (value, after) = quoted.strip_prefix('"')?.split_once('"')?;
        if !value.bytes().all(|byte| byte > b' ' && byte != 0x7F) {
            return None;
        }
        tags.push(Tag { weak, value: value.to_owned() });
        let after = after.trim_start();
        if after.is_empty() {
            return Some(Tags::Listed(tags));
        }
        rest = after.strip_prefix(',')?.trim_start();
    }
}

/// The value of a header that may be given once.
fn single<'a>(request: &'a HttpRequest, name: &HeaderName) -> Result<Option<&'a str>, Failure> {
    let mut values = request.headers().get_all(name);
    let Some(value) = values.next() else { return Ok(None) };
    match value.to_str() {
        Ok(text) if values.next().is_none() => Ok(Some(text)),
        _ => Err(Failure::new(Kind::MALFORMED, format!("{name} must be given once, in ASCII"))),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    async fn if_match(value: &str) -> Option<IfMatch> {
        let request = TestRequest::default().insert_header((header::IF_MATCH, value)).to_http_request();
        IfMatch::extract(&request).await.ok()
    }

    #[actix_web::test]
    async fn versions_are_read_from_strong_tags() {
        assert_eq!(if_match("\"3\"").await, Some(IfMatch::OneOf(vec![3])));
        assert_eq!(if_match(" \"3\" , \"4\"").await, Some(IfMatch::OneOf(vec![3, 4])));
        assert_eq!(if_match("W/\"3\"").await, Some(IfMatch::OneOf(vec![0])));
        assert_eq!(if_match("\"x\"").await, Some(IfMatch::OneOf(vec![0])));
        assert_eq!(if_match("*").await, Some(IfMatch::Any));
        for malformed in ["", "3", "\"3", "\"3\",", "\"3\" \"4\"", "w/\"3\"", "\"a b\""] {
            assert_eq!(if_match(malformed).await, None, "{malformed}");
        }
        let none = TestRequest::default().to_http_request();
        assert_eq!(IfMatch::extract(&none).await.ok(), Some(IfMatch::Any));
    }

    #[actix_web::test]
    async fn a_copy_may_be_weak() {
        let has = async |value: &str, version: i64| {
            let request =
                TestRequest::default().insert_header((header::IF_NONE_MATCH, value)).to_http_request();
            IfNoneMatch::extract(&request).await.is_ok_and(|tags| tags.has(version))
        };
        assert!(has("W/\"3\"", 3).await && has("\"2\", \"3\"", 3).await && has("*", 3).await);
        assert!(!has("\"2\"", 3).await && !has("3", 3).await);
    }

    #[test]
    fn an_idempotency_key_is_one_line_given_once() {
        let key = |values: &[&str]| {
            let mut request = TestRequest::default();
            for value in values {
                request = request.append_header((IDEMPOTENCY_KEY, *value));
            }
            idempotency_key(&request.to_http_request())
                .map(|key| key.map(support_domain::value::IdempotencyKey::into_string))
        };
        assert_eq!(key(&[]).ok(), Some(None));
        assert_eq!(key(&["a b"]).ok(), Some(Some("a b".to_owned())));
        assert!(key(&[""]).is_err() && key(&["a", "a"]).is_err() && key(&[&"x".repeat(256)]).is_err());
    }
}
