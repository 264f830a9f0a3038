//! A client that polls by hand.

use std::net::{SocketAddr, TcpStream};

use super::{Answer, Raw, answer, get, send};

/// Stands between the packets of a body.
pub(crate) const RS: char = '\u{1E}';

/// A session over polling.
pub(crate) struct Poller {
    address: SocketAddr,
    path: &'static str,
    pub(crate) sid: String,
}

/// The value of a member of a flat JSON object whose value is a string.
pub(crate) fn member(json: &str, name: &str) -> String {
    let (_, rest) = json.split_once(&format!("\"{name}\":\"")).unwrap_or_else(|| panic!("no {name}: {json}"));
    rest.split('"').next().unwrap().to_owned()
}

impl Poller {
    pub(crate) fn open(address: SocketAddr, path: &'static str) -> Self {
        let answer = get(address, &format!("{path}?EIO=4&transport=polling"));
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.body.starts_with("0{"), "{answer:?}");
        Self { address, path, sid: member(&answer.body, "sid") }
    }

    fn url(&self, transport: &str) -> String {
        format!("{}?EIO=4&transport={transport}&sid={}", self.path, self.sid)
    }

    /// Begins a request, whose answer [`answer`] reads.
    pub(crate) fn begin(&self, method: &str, body: &str) -> TcpStream {
        send(self.address, method, &self.url("polling"), &[], body.as_bytes())
    }

    pub(crate) fn get(&self) -> Answer {
        answer(self.begin("GET", ""))
    }

    /// The body of a GET that succeeds.
    pub(crate) fn body(&self) -> String {
        let answer = self.get();
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body
    }

    pub(crate) fn post(&self, body: &str) -> Answer {
        answer(self.begin("POST", body))
    }

    /// Posts what must be taken.
    pub(crate) fn say(&self, body: &str) {
        let answer = self.post(body);
        assert_eq!((answer.status, answer.body.as_str()), (200, "ok"));
    }

    pub(crate) fn with_headers(&self, method: &str, headers: &[&str], body: &[u8]) -> Answer {
        answer(send(self.address, method, &self.url("polling"), headers, body))
    }

    /// Opens a WebSocket for the session.
    pub(crate) fn dial(&self) -> Result<Raw, Answer> {
        Raw::try_open(self.address, &self.url("websocket"), &[])
    }

    /// Opens a WebSocket and has it proved.
    pub(crate) fn probe(&self) -> Raw {
        let mut raw = self.dial().expect("an upgrade");
        raw.text("2probe");
        assert_eq!(raw.next_text(), "3probe");
        raw
    }

    /// Fails unless nobody knows the session.
    pub(crate) fn is_gone(&self) {
        let answer = self.get();
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (400, r#"{"code":1,"message":"Session ID unknown"}"#)
        );
    }

    /// Fails unless messages come back.
    pub(crate) fn is_alive(&self) {
        self.say("4still there?");
        assert_eq!(self.body(), "4still there?");
    }
}
