//! A desk with limits, and clients of it at several addresses.

use std::net::{IpAddr, SocketAddr};

use serde_json::{Value, json};
use support_tests::program::run;
use support_tests::testkit::{RawResponse, raw_exchange_from};
use support_tests::{Backend, Desk};

pub(crate) const EMAIL: &str = "ada@desk.example";
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A desk that limits its callers.
pub(crate) fn limited() -> Desk {
    limited_with("SUPPORT_BEHIND_PROXY", "false")
}

/// The same with another setting.
pub(crate) fn limited_with(name: &str, value: &str) -> Desk {
    let settings = |builder: support_tests::testkit::ServerBuilder| {
        builder.env("SUPPORT_RATE_LIMITS", "on").env(name, value)
    };
    Desk::start_with(Backend::Sqlite, settings).unwrap()
}

/// Makes the account of [`EMAIL`].
pub(crate) fn add_account(desk: &Desk) {
    let arguments = ["admin", "create", "--email", EMAIL, "--name", "Ada", "--password-stdin"];
    let ended = run(desk.server.command(&arguments), &format!("{PASSWORD}\n"));
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

/// A client at an address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client {
    server: SocketAddr,
    address: IpAddr,
}

impl Client {
    pub(crate) fn at(desk: &Desk, address: &str) -> Self {
        Self { server: desk.server.address().unwrap(), address: address.parse().unwrap() }
    }

    /// Posts JSON. `headers` are whole lines, each with its end.
    #[track_caller]
    pub(crate) fn post(self, path: &str, headers: &str, body: &Value) -> RawResponse {
        let body = body.to_string();
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: desk\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        );
        raw_exchange_from(self.address, self.server, request.as_bytes()).unwrap()
    }

    #[track_caller]
    pub(crate) fn login(self, email: &str, password: &str) -> RawResponse {
        self.post("/auth/login", "", &json!({ "email": email, "password": password }))
    }

    /// Logs in with wrong passwords, and answers how many were heard. The others are told to wait.
    #[track_caller]
    pub(crate) fn guess(self, email: &str, times: u32) -> u32 {
        let mut heard = 0;
        for number in 0..times {
            let answer = self.login(email, &format!("guess number {number}"));
            match answer.status {
                Some(401) => heard += 1,
                _ => assert_refused(&answer),
            }
        }
        heard
    }
}

/// The problem document of a response.
pub(crate) fn problem(response: &RawResponse) -> Value {
    assert_eq!(response.header("content-type"), Some("application/problem+json"), "{response:?}");
    serde_json::from_slice(&response.body).unwrap()
}

/// A response that tells to wait, and for how long.
#[track_caller]
pub(crate) fn assert_refused(response: &RawResponse) {
    assert_eq!(response.status, Some(429), "{response:?}");
    assert_eq!(problem(response)["code"], "rate_limited");
    let wait = response.header("retry-after").and_then(|seconds| seconds.parse::<u32>().ok());
    assert!(wait.is_some_and(|seconds| (1..=3_600).contains(&seconds)), "{response:?}");
    assert_eq!(response.header("ratelimit-remaining"), Some("0"), "{response:?}");
}
