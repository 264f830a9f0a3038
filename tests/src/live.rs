//! Clients of the live desk, one for both transports: as little of WebSocket and Socket.IO as tests need.
//!
//! A [`Client`] waits for what must come and panics, at the line of the test that called it, when it does
//! not. That nothing came is never seen by waiting: a test causes something else that must come afterwards,
//! and looks at what came before.
#![expect(
    clippy::missing_panics_doc,
    reason = "to panic is how a test fails, and what these helpers are for"
)]
#![expect(
    clippy::indexing_slicing,
    reason = "an absent member of a JSON value is null, which no test takes for it"
)]
#![expect(clippy::must_use_candidate, reason = "a test may only want that something happened")]

mod packet;
mod transport;
pub mod wire;

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::io::ErrorKind;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::error::ProtocolError;
use tungstenite::{Error, Message, WebSocket};

use self::packet::Said;
pub use self::transport::{Refusal, Transport};
use crate::check_problem;

/// Nothing that must come takes this long; it only turns a hang into a failure.
const DEADLINE: Duration = Duration::from_mins(1);

/// What the server says of its own accord.
#[derive(Clone, PartialEq)]
pub struct Event {
    /// What it is.
    pub name: String,
    /// What of it.
    pub data: Value,
}

/// What a failed assertion prints.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.data)
    }
}

/// The names of events.
pub fn names(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.name.as_str()).collect()
}

/// How a connection ended.
#[derive(Clone, Debug)]
pub struct End {
    /// What was heard before, and not asked for until then.
    pub heard: Vec<Event>,
    /// The code of the close frame; `None` when there was none, or one without a code.
    pub code: Option<u16>,
}

/// The answer to something that was asked: what it holds besides `ok`, or the problem.
pub type Answer = Result<Value, Value>;

/// Somebody who is connected. Dropping it cuts the connection.
#[derive(Debug)]
pub struct Client {
    transport: Transport,
    socket: WebSocket<TcpStream>,
    protocol: Option<String>,
    asked: u64,
    entry: Option<Answer>,
    answers: BTreeMap<u64, Answer>,
    heard: VecDeque<Event>,
    /// The code of the server's close frame, once it has come with one.
    code: Option<u16>,
}

impl Client {
    /// The transport it came by.
    pub fn transport(&self) -> Transport {
        self.transport
    }

    /// The subprotocol that the server chose.
    pub fn protocol(&self) -> Option<&str> {
        self.protocol.as_deref()
    }

    /// The connection, to be written to past this client.
    pub fn stream(&mut self) -> &mut TcpStream {
        self.socket.get_mut()
    }

    /// Says who it is: in a first frame, or in the payload by which the namespace is joined; there even
    /// without a token.
    ///
    /// # Errors
    /// The problem, if the server refuses.
    #[track_caller]
    pub fn authenticate(&mut self, token: Option<&str>) -> Answer {
        match (self.transport, token) {
            (Transport::Plain, _) => self.ask("authenticate", &json!({ "token": token })),
            (Transport::SocketIo, token) => {
                self.write(packet::connect(token));
                let begun = Instant::now();
                while self.entry.is_none() {
                    assert!(
                        self.take(begun),
                        "the server should say whether it takes the token, and not leave"
                    );
                }
                self.entry.take().unwrap_or(Ok(Value::Null))
            }
        }
    }

    /// Says something that is to be answered, and answers under which number. Nobody may be there to hear it
    /// any more.
    pub fn send(&mut self, event: &str, data: &Value) -> u64 {
        self.asked += 1;
        self.write(packet::event(self.transport, event, data, Some(self.asked)));
        self.asked
    }

    /// Says something that need not be answered.
    pub fn tell(&mut self, event: &str, data: &Value) {
        self.write(packet::event(self.transport, event, data, None));
    }

    /// Sends any text.
    pub fn write(&mut self, text: String) {
        // Who writes to one that has gone learns of it when reading.
        let _ = self.socket.send(Message::text(text));
    }

    /// The answer to what was said under a number.
    ///
    /// # Errors
    /// The problem, if it was refused.
    #[track_caller]
    pub fn answer(&mut self, number: u64) -> Answer {
        let begun = Instant::now();
        loop {
            if let Some(answer) = self.answers.remove(&number) {
                return answer;
            }
            assert!(
                self.take(begun),
                "the server left ({:?}) and should have answered; {:?}",
                self.code,
                self.heard
            );
        }
    }

    /// The answer to what was said under a number, if it has come on the way to something else.
    pub fn answered(&mut self, number: u64) -> Option<Answer> {
        self.answers.remove(&number)
    }

    /// Says something and waits for the answer.
    ///
    /// # Errors
    /// The problem, if it was refused.
    #[track_caller]
    pub fn ask(&mut self, event: &str, data: &Value) -> Answer {
        let number = self.send(event, data);
        self.answer(number)
    }

    /// Says something that must be done, and answers the answer.
    #[track_caller]
    pub fn done(&mut self, event: &str, data: &Value) -> Value {
        match self.ask(event, data) {
            Ok(answer) => answer,
            Err(problem) => panic!("{event} {data} should be done: {problem}"),
        }
    }

    /// Says something that must be refused with this status and this code, and answers the problem.
    #[track_caller]
    pub fn refused(&mut self, event: &str, data: &Value, status: u16, code: &str) -> Value {
        match self.ask(event, data) {
            Ok(answer) => panic!("{event} {data} should be refused with {status} {code}: {answer}"),
            Err(problem) => {
                check_problem(status, "application/problem+json", &problem);
                assert_eq!(problem["code"], code, "{event} {data} should be refused with {code}: {problem}");
                problem
            }
        }
    }

    /// Joins a ticket's room, and answers the answer.
    #[track_caller]
    pub fn join(&mut self, ticket: &str) -> Value {
        self.done("join_ticket_room", &json!({ "ticketId": ticket }))
    }

    /// Joins a ticket's room as one who holds the messages up to a sequence, and answers those behind it.
    #[track_caller]
    pub fn join_after(&mut self, ticket: &str, after: u64) -> Vec<Value> {
        let answer = self.done("join_ticket_room", &json!({ "ticketId": ticket, "after": after }));
        match &answer["messages"] {
            Value::Array(messages) => messages.clone(),
            _ => panic!("a room that was joined should come with its messages: {answer}"),
        }
    }

    /// Sends a message, and answers it.
    #[track_caller]
    pub fn say(&mut self, ticket: &str, message: &str) -> Value {
        self.done("send_message", &json!({ "ticketId": ticket, "message": message }))["message"].take()
    }

    /// The next event.
    #[track_caller]
    pub fn hear(&mut self) -> Event {
        let begun = Instant::now();
        loop {
            if let Some(event) = self.heard.pop_front() {
                return event;
            }
            assert!(self.take(begun), "the server left ({:?}) and should have told an event", self.code);
        }
    }

    /// The data of the next event, which must have this name.
    #[track_caller]
    pub fn hears(&mut self, name: &str) -> Value {
        let event = self.hear();
        assert_eq!(event.name, name, "{name} should have been heard, not {event:?}");
        event.data
    }

    /// What has come on the way to an answer and was not asked for yet.
    pub fn heard_so_far(&mut self) -> Vec<Event> {
        self.heard.drain(..).collect()
    }

    /// All that is heard before the first event that `is_last`, and that event.
    #[track_caller]
    pub fn hear_until(&mut self, mut is_last: impl FnMut(&Event) -> bool) -> (Vec<Event>, Event) {
        let mut heard = Vec::new();
        loop {
            let event = self.hear();
            if is_last(&event) {
                return (heard, event);
            }
            heard.push(event);
        }
    }

    /// Reads on until the connection is at its end, which the server must bring about.
    #[track_caller]
    pub fn ends(&mut self) -> End {
        let begun = Instant::now();
        while self.take(begun) {}
        End { heard: self.heard.drain(..).collect(), code: self.code }
    }

    /// Closes in good order, and waits until the server has done so too.
    #[track_caller]
    pub fn close(mut self) -> End {
        // It fails when the server was faster.
        let _ = self.socket.close(None);
        let _ = self.socket.flush();
        self.ends()
    }

    /// Takes one more frame, of those that have been waited for since `begun`, and puts it where it belongs;
    /// false once the connection is at its end.
    #[track_caller]
    fn take(&mut self, begun: Instant) -> bool {
        // Heartbeats keep a connection from being silent.
        assert!(
            begun.elapsed() < DEADLINE,
            "it should have come within {DEADLINE:?}, after {:?}",
            self.heard
        );
        match self.socket.read() {
            Ok(Message::Text(text)) => self.sort(&text),
            Ok(Message::Close(frame)) => self.code = frame.map(|frame| u16::from(frame.code)),
            Ok(_) => {}
            Err(
                Error::ConnectionClosed
                | Error::AlreadyClosed
                | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake),
            ) => return false,
            Err(Error::Io(error))
                if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) =>
            {
                return false;
            }
            Err(Error::Io(error)) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                panic!("it should have come within {DEADLINE:?}, after {:?}", self.heard);
            }
            Err(error) => panic!("the server should speak WebSocket: {error}"),
        }
        true
    }

    #[track_caller]
    fn sort(&mut self, text: &str) {
        match packet::read(self.transport, text) {
            Said::Event(event) => self.heard.push_back(event),
            Said::Answer(number, answer) => {
                let before = self.answers.insert(number, answer);
                assert!(before.is_none(), "{number} should be answered once: {text}");
            }
            Said::Entry(answer) => self.entry = Some(answer),
            Said::Ping => self.write("3".to_owned()),
            Said::Nothing => {}
            Said::Nonsense => panic!("the server should not say {text}"),
        }
    }
}
