//! Who calls the desk, and what they are answered.
//!
//! These helpers panic where something is not as a test needs it, at the line of the test that called them.
#![expect(
    clippy::missing_panics_doc,
    reason = "to panic is how a test fails, and what these helpers are for"
)]
#![expect(clippy::must_use_candidate, reason = "a test may only want to see that something is answered")]
#![expect(
    clippy::indexing_slicing,
    reason = "an absent member of a JSON value is null, which no test takes for it"
)]

use serde_json::Value;
use support_testkit::{Http, Request, Response, Result};

/// Somebody with a token, or nobody in particular.
#[derive(Clone, Debug)]
pub struct Person {
    /// The subject of their token; empty without one.
    pub id: String,
    /// Their client.
    pub http: Http,
}

impl Person {
    /// Sends a `GET`.
    #[track_caller]
    pub fn get(&self, path: &str) -> Response {
        came(self.http.get(path))
    }

    /// Sends a `POST` of JSON.
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Response {
        came(self.http.post(path, body))
    }

    /// Sends a `PATCH` of JSON.
    #[track_caller]
    pub fn patch(&self, path: &str, body: &Value) -> Response {
        came(self.http.patch(path, body))
    }

    /// Sends any request; `finish` adds what it needs.
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, finish: impl FnOnce(Request) -> Request) -> Response {
        came(finish(self.http.request(method, path)).send())
    }

    /// The items of a list that fits on one page.
    #[track_caller]
    pub fn items(&self, path: &str) -> Vec<Value> {
        let list = self.get(path).is(200);
        assert_eq!(list["nextCursor"], Value::Null, "{path} has more than a page");
        items(&list)
    }
}

/// What a test expects of a response.
pub trait Answer {
    /// The JSON of a response that must have this status; null where there is no body.
    fn is(&self, status: u16) -> Value;

    /// The problem document of a refusal that must have this status and this code.
    fn refused(&self, status: u16, code: &str) -> Value;

    /// The problem document of a refusal that must have this status, whatever its code. It must be whole.
    fn problem_of(&self, status: u16) -> Value;

    /// A header that must be there.
    fn must_have(&self, header: &str) -> String;
}

impl Answer for Response {
    #[track_caller]
    fn is(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        if self.body.is_empty() { Value::Null } else { came(self.json()) }
    }

    #[track_caller]
    fn refused(&self, status: u16, code: &str) -> Value {
        let problem = self.problem_of(status);
        assert_eq!(problem["code"], code, "{self:?}");
        problem
    }

    #[track_caller]
    fn problem_of(&self, status: u16) -> Value {
        let problem = self.is(status);
        check_problem(status, &self.must_have("content-type"), &problem);
        assert_eq!(problem["requestId"], self.must_have("x-request-id"), "{self:?}");
        problem
    }

    #[track_caller]
    fn must_have(&self, header: &str) -> String {
        match self.header(header) {
            Some(value) => value.to_owned(),
            None => panic!("no header {header}: {self:?}"),
        }
    }
}

/// Checks that a problem document (RFC 9457) has all that `docs/contract.md`, section 2.3, promises of it.
#[track_caller]
pub fn check_problem(status: u16, content_type: &str, problem: &Value) {
    assert!(content_type.starts_with("application/problem+json"), "{content_type}: {problem}");
    for member in ["type", "title", "detail", "code", "requestId"] {
        let text = problem[member].as_str().unwrap_or_default();
        assert!(!text.is_empty(), "a problem needs `{member}`: {problem}");
    }
    assert_eq!(problem["status"], status, "{problem}");
    let is_snake_case = |code: &str| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    assert!(problem["code"].as_str().is_some_and(is_snake_case), "{problem}");
}

/// The pointers of a validation problem.
pub fn pointers(problem: &Value) -> Vec<&str> {
    let errors = problem["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().filter_map(|error| error["pointer"].as_str()).collect()
}

/// The items of a list.
#[track_caller]
pub fn items(list: &Value) -> Vec<Value> {
    match &list["items"] {
        Value::Array(items) => items.clone(),
        _ => panic!("no list: {list}"),
    }
}

/// One member of each item, as text; an item without it gives an empty one.
pub fn each(items: &[Value], member: &str) -> Vec<String> {
    items.iter().map(|item| text(&item[member])).collect()
}

/// A member as text: a string without its quotes, anything else as JSON, null as an empty text.
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// What came, of what had to come.
#[track_caller]
fn came<T>(result: Result<T>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{error:?}"),
    }
}
