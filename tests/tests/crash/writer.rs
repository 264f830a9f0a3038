//! Those who write until there is nobody to write to, and remember what they were promised.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use support_tests::load::pages;
use support_tests::load::wire::{Agent, Message, Ticket};
use support_tests::{Http, Response, Result};

/// One request.
#[derive(Clone, Debug)]
enum Wish {
    Open { key: String, subject: String, asked: bool },
    Say { ticket: String, name: String, text: String },
    Resolve { ticket: String, text: String },
    Assign { ticket: String, agent: Option<String> },
}

/// A ticket that was acknowledged.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) subject: String,
    /// The newest version that was acknowledged.
    pub(crate) version: u64,
    pub(crate) resolution: Option<String>,
    /// Whether it waits for an agent as long as it is open.
    pub(crate) asked: bool,
}

/// A message that was acknowledged.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) ticket: String,
    pub(crate) id: String,
    pub(crate) sequence: u64,
    pub(crate) text: String,
}

/// Works on tickets of their own, and talks in those of all.
pub(crate) struct Writer {
    number: u64,
    dice: StdRng,
    count: u32,
    shared: Vec<String>,
    agents: Vec<String>,
    pub(crate) made: Vec<Made>,
    pub(crate) said: Vec<Said>,
    /// Tickets with writes since they were last looked at.
    pub(crate) touched: BTreeSet<String>,
    /// The last two that were acknowledged under a name of their own.
    last: [Option<Wish>; 2],
    /// The request that got no answer.
    lost: Option<Wish>,
}

impl Writer {
    pub(crate) fn new(number: u64, shared: &[String], agents: &[Agent]) -> Self {
        Self {
            number,
            dice: StdRng::seed_from_u64(number),
            count: 0,
            shared: shared.to_vec(),
            agents: agents.iter().map(|agent| agent.id.clone()).collect(),
            made: Vec::new(),
            said: Vec::new(),
            touched: BTreeSet::new(),
            last: [None, None],
            lost: None,
        }
    }

    /// Writes until a request gets no answer, or the answer that the database is away, where that is what
    /// dies.
    pub(crate) fn write(&mut self, http: &Http, acknowledged: &AtomicUsize, database_dies: bool) {
        loop {
            let wish = self.next();
            match send(http, &wish) {
                Ok(response) if response.status == 503 && database_dies => {
                    assert!(response.header("retry-after").is_some(), "{response:?}");
                    self.lost = Some(wish);
                    return;
                }
                Ok(response) => {
                    if self.answered(&wish, &response) {
                        acknowledged.fetch_add(1, Ordering::SeqCst);
                    }
                }
                Err(_) => {
                    self.lost = Some(wish);
                    return;
                }
            }
        }
    }

    /// Sends what got no answer once more, and what did, under the same names: neither may be done twice.
    pub(crate) fn repeat(&mut self, http: &Http) {
        for wish in self.last.clone().into_iter().flatten() {
            let (made, said) = (self.made.len(), self.said.len());
            self.accepted(&wish, &send(http, &wish).unwrap());
            assert_eq!((made, said), (self.made.len(), self.said.len()), "{wish:?} was done twice");
        }
        if let Some(wish) = self.lost.take() {
            let response = send(http, &wish).unwrap();
            if !self.answered(&wish, &response) {
                self.done_before(http, &wish);
            }
        }
    }

    fn next(&mut self) -> Wish {
        self.count += 1;
        let name = format!("{}-{}", self.number, self.count);
        let open: Vec<&Made> = self.made.iter().filter(|made| made.resolution.is_none()).collect();
        let kind = if open.is_empty() { 0 } else { self.dice.random_range(0..100) };
        let mut own = || open[self.dice.random_range(0..open.len())].id.clone();
        match kind {
            0..30 => Wish::Open {
                key: format!("key-{name}"),
                subject: format!("Request {name}"),
                asked: self.dice.random_ratio(4, 5),
            },
            30..50 => Wish::Say { ticket: own(), text: format!("Text {name}"), name },
            50..70 => {
                let ticket = self.shared[self.dice.random_range(0..self.shared.len())].clone();
                Wish::Say { ticket, text: format!("Text {name}"), name }
            }
            70..85 => Wish::Resolve { ticket: own(), text: format!("Resolution {name}") },
            _ => {
                let ticket = own();
                let agent = self.dice.random_range(0..self.agents.len() * 2);
                Wish::Assign { ticket, agent: self.agents.get(agent).cloned() }
            }
        }
    }

    /// Takes an answer that the rules have for the wish; says whether it was granted.
    fn answered(&mut self, wish: &Wish, response: &Response) -> bool {
        let refusals: &[&str] = match wish {
            Wish::Open { .. } | Wish::Say { .. } => &[],
            Wish::Resolve { .. } => &["invalid_transition"],
            Wish::Assign { .. } => &["invalid_transition", "no_agent_available", "agent_at_capacity"],
        };
        if refusals.iter().any(|code| response.problem(409, code).is_ok()) {
            return false;
        }
        self.accepted(wish, response);
        true
    }

    /// Remembers what was promised, or sees that it is what was promised before.
    fn accepted(&mut self, wish: &Wish, response: &Response) {
        assert!(matches!(response.status, 200 | 201), "{wish:?} got {response:?}");
        if let Wish::Say { ticket, text, .. } = wish {
            let message: Message = pages::read(response, response.status).unwrap();
            assert_eq!(message.message, *text);
            match self.said.iter().find(|said| said.text == *text) {
                Some(said) => assert_eq!((&said.id, said.sequence), (&message.id, message.sequence)),
                None => self.said.push(Said {
                    ticket: ticket.clone(),
                    id: message.id,
                    sequence: message.sequence,
                    text: text.clone(),
                }),
            }
            self.touched.insert(ticket.clone());
            self.last[1] = Some(wish.clone());
            return;
        }
        let ticket: Ticket = pages::read(response, response.status).unwrap();
        if let Wish::Open { subject, asked, .. } = wish {
            assert_eq!(ticket.subject, *subject);
            if !self.made.iter().any(|made| made.subject == *subject) {
                self.made.push(Made {
                    id: ticket.id.clone(),
                    number: ticket.ticket_number.clone(),
                    subject: subject.clone(),
                    version: ticket.version,
                    resolution: None,
                    asked: *asked,
                });
            }
            self.last[0] = Some(wish.clone());
        }
        let made = self.made.iter_mut().find(|made| made.id == ticket.id);
        let made = made.unwrap_or_else(|| panic!("{wish:?} was done to another ticket: {ticket:?}"));
        made.version = made.version.max(ticket.version);
        match wish {
            Wish::Resolve { text, .. } => {
                assert_eq!(ticket.resolution.as_ref(), Some(text));
                made.resolution = Some(text.clone());
            }
            Wish::Assign { agent: None, .. } => made.asked = true,
            Wish::Assign { agent, .. } => assert_eq!(ticket.handler(), agent.as_deref()),
            _ => {}
        }
        self.touched.insert(ticket.id);
    }

    /// A resolution that is refused the second time may have been done the first time.
    fn done_before(&mut self, http: &Http, wish: &Wish) {
        let Wish::Resolve { ticket, text } = wish else { return };
        let now: Ticket =
            pages::read(&http.get(&format!("/support/tickets/{ticket}")).unwrap(), 200).unwrap();
        if now.status == "resolved" {
            assert_eq!(now.resolution.as_ref(), Some(text));
            let made = self.made.iter_mut().find(|made| made.id == *ticket).unwrap();
            made.resolution = Some(text.clone());
        }
    }
}

fn send(http: &Http, wish: &Wish) -> Result<Response> {
    match wish {
        Wish::Open { key, subject, asked } => {
            let body = json!({
                "subject": subject, "description": "It began this morning.", "category": "technical",
                "autoAssign": asked, "customer": { "name": "A. Customer", "email": "customer@example.com" },
            });
            http.request("POST", "/support/tickets").header("Idempotency-Key", key).json(&body).send()
        }
        Wish::Say { ticket, name, text } => {
            let body = json!({ "message": text, "clientMessageId": name });
            http.post(&format!("/support/tickets/{ticket}/messages"), &body)
        }
        Wish::Resolve { ticket, text } => {
            let body = json!({ "status": "resolved", "resolution": text });
            http.patch(&format!("/support/tickets/{ticket}"), &body)
        }
        Wish::Assign { ticket, agent } => {
            let mut body = json!({ "ticketId": ticket });
            if let Some(agent) = agent {
                body["agentId"] = json!(agent);
            }
            http.post("/support/tickets/assign", &body)
        }
    }
}
