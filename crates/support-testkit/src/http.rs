use std::fmt;
use std::time::Duration;

use serde_json::Value;
use ureq::http::{HeaderMap, Request as WireRequest, header};

use crate::{Error, Result};

/// No request of a test takes this long; it only turns a hang into a failure.
const DEADLINE: Duration = Duration::from_mins(1);

/// A blocking client of one server. Every status is an answer, redirects are not followed, and connections
/// are kept and reused. Clones share the connections.
#[derive(Clone, Debug)]
pub struct Http {
    agent: ureq::Agent,
    base: String,
    token: Option<String>,
}

impl Http {
    /// A client of the server at `base`, such as `http://127.0.0.1:8080`.
    #[must_use]
    pub fn new(base: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            // A proxy in the environment is not meant for a server on this machine.
            .proxy(None)
            .timeout_global(Some(DEADLINE))
            .build();
        Self { agent: config.new_agent(), base: base.trim_end_matches('/').to_owned(), token: None }
    }

    /// The same client with this bearer token on every request.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// The bearer token that its requests carry, for what is not said over HTTP.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Starts a request. `path` begins with `/` and may carry a query.
    pub fn request(&self, method: &str, path: &str) -> Request {
        let request = Request {
            agent: self.agent.clone(),
            method: method.to_owned(),
            url: format!("{}{path}", self.base),
            headers: Vec::new(),
            body: None,
        };
        match &self.token {
            Some(token) => request.bearer(token),
            None => request,
        }
    }

    /// Sends a `GET`.
    ///
    /// # Errors
    /// [`Error::Http`] when no response came.
    pub fn get(&self, path: &str) -> Result<Response> {
        self.request("GET", path).send()
    }

    /// Sends a `POST` of JSON.
    ///
    /// # Errors
    /// [`Error::Http`] when no response came.
    pub fn post(&self, path: &str, body: &Value) -> Result<Response> {
        self.request("POST", path).json(body).send()
    }

    /// Sends a `PATCH` of JSON.
    ///
    /// # Errors
    /// [`Error::Http`] when no response came.
    pub fn patch(&self, path: &str, body: &Value) -> Result<Response> {
        self.request("PATCH", path).json(body).send()
    }

    /// Sends a `DELETE`.
    ///
    /// # Errors
    /// [`Error::Http`] when no response came.
    pub fn delete(&self, path: &str) -> Result<Response> {
        self.request("DELETE", path).send()
    }
}

/// A request in the making.
#[derive(Clone, Debug)]
#[must_use = "it is not sent before `send`"]
pub struct Request {
    agent: ureq::Agent,
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Request {
    /// Adds a header, beside others of that name. `Authorization` is the exception: the last one counts.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if name.eq_ignore_ascii_case("authorization") {
            self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        }
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Authenticates with a bearer token.
    pub fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    /// Takes a JSON body, and says so.
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Takes any body, of the content type that the caller claims.
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("Content-Type", content_type)
    }

    /// Sends it and reads the whole response. Requests that HTTP does not allow, such as a `GET` with a body,
    /// are for [`crate::raw_exchange`].
    ///
    /// # Errors
    /// [`Error::Http`] when no response came.
    pub fn send(self) -> Result<Response> {
        let name = format!("{} {}", self.method, self.url);
        let failed = |source| Error::Http { request: name.clone(), source: Box::new(source) };
        let mut request = WireRequest::builder().method(self.method.as_str()).uri(&self.url);
        for (header, value) in &self.headers {
            request = request.header(header, value);
        }
        let response = match self.body {
            Some(body) => self.agent.run(request.body(body).map_err(|error| failed(error.into()))?),
            None => self.agent.run(request.body(()).map_err(|error| failed(error.into()))?),
        };
        let (head, mut body) = response.map_err(failed)?.into_parts();
        let body = body.with_config().limit(u64::MAX).read_to_vec().map_err(failed)?;
        Ok(Response { request: name.clone(), status: head.status.as_u16(), headers: head.headers, body })
    }
}

/// A response, read to its end.
#[derive(Clone)]
pub struct Response {
    request: String,
    /// The status code.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Response {
    /// The body as text; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// [`Error::Response`] when it is not JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).map_err(|_| self.unexpected("a JSON body"))
    }

    /// One header as text; `None` when it is absent.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON, of a response that must have this status.
    ///
    /// # Errors
    /// [`Error::Response`], which shows the response, when the status is another or the body is not JSON.
    pub fn expect(&self, status: u16) -> Result<Value> {
        if self.status == status { self.json() } else { Err(self.unexpected(&format!("status {status}"))) }
    }

    /// The problem document of a failure that must have this status and `code`.
    ///
    /// # Errors
    /// [`Error::Response`], which shows the response, when it is anything else.
    pub fn problem(&self, status: u16, code: &str) -> Result<Value> {
        let problem = self.expect(status)?;
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_problem = kind.is_some_and(|kind| kind.starts_with("application/problem+json"));
        if is_problem && problem.get("code").and_then(Value::as_str) == Some(code) {
            Ok(problem)
        } else {
            Err(self.unexpected(&format!("a problem document with the code {code}")))
        }
    }

    fn unexpected(&self, wanted: &str) -> Error {
        let kind = self.header("content-type").unwrap_or("no content type");
        Error::Response(format!(
            "{} should get {wanted}, got {} ({kind}): {}",
            self.request,
            self.status,
            self.text()
        ))
    }
}

/// What a failed assertion prints: the body as text.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {} {:?} {}", self.request, self.status, self.headers, self.text())
    }
}
