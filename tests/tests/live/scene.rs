//! Who is there before a test begins, what they do, and how a test sees that somebody has heard nothing more.

use std::sync::atomic::{AtomicU16, Ordering};

use serde_json::{Value, json};
use support_tests::live::{Client, Event, Transport};
use support_tests::{Answer, Desk, Person, text};

pub(crate) const DEPARTMENT: &str = "Technical Support";
/// Nobody's ticket, and nobody's number.
pub(crate) const ABSENT: [&str; 2] = ["01900000-0000-7000-8000-0000ffffffff", "TKT-2001-999"];

/// Two customers with a ticket each, and three agents.
pub(crate) struct Scene {
    pub(crate) ann: Person,
    pub(crate) bob: Person,
    /// Handles Ann's ticket.
    pub(crate) lou: Person,
    /// Of Lou's tier.
    pub(crate) max: Person,
    /// Of the tier above.
    pub(crate) sonja: Person,
    /// Ann's, in progress. One message of the system is in it.
    pub(crate) ticket: String,
    /// Bob's, open.
    pub(crate) other: String,
    rung: AtomicU16,
}

impl Scene {
    #[track_caller]
    pub(crate) fn set(desk: &Desk) -> Self {
        desk.department(DEPARTMENT, 1, &["technical"]);
        desk.department("Bells", 1, &[]);
        let (ann, bob) = (desk.customer(1), desk.customer(2));
        let lou = desk.hire("Lou", DEPARTMENT, 1);
        let (max, sonja) = (desk.hire("Max", DEPARTMENT, 1), desk.hire("Sonja", DEPARTMENT, 2));
        let (ticket, other) = (desk.open(&ann, "technical"), desk.open(&bob, "technical"));
        desk.assign(&ticket, &lou);
        Self { ann, bob, lou, max, sonja, ticket, other, rung: AtomicU16::new(0) }
    }

    /// What a member of staff has heard by now, but for who is available: rings a bell that all of them must
    /// hear.
    #[track_caller]
    pub(crate) fn heard_by_now(&self, desk: &Desk, client: &mut Client) -> Vec<Event> {
        let bell = self.ring(desk);
        let (mut heard, _) =
            client.hear_until(|event| is_status(event) && event.data["agentId"] == bell.as_str());
        heard.retain(|event| !is_status(event));
        heard
    }

    /// Somebody new turns away, of which all staff must hear; answers who.
    #[track_caller]
    pub(crate) fn ring(&self, desk: &Desk) -> String {
        let number = self.rung.fetch_add(1, Ordering::Relaxed);
        let bell = desk.hire(&format!("Bell {number}"), "Bells", 1);
        let path = format!("/support/agents/{}", bell.id);
        desk.admin().patch(&path, &json!({ "status": "away" })).is(200);
        bell.id
    }

    /// What somebody in a ticket's room has heard by now: writes a message that all who are there must hear.
    #[track_caller]
    pub(crate) fn heard_in_room(&self, desk: &Desk, client: &mut Client, ticket: &str) -> Vec<Event> {
        let number = self.rung.fetch_add(1, Ordering::Relaxed);
        let message = say(&desk.admin(), ticket, &format!("Bell {number}"));
        let (mut heard, last) = client.hear_until(|event| event.data["id"] == message["id"]);
        assert_eq!(last.data, message, "a message should be told as it was answered");
        // The bell may have been rung for others.
        heard.retain(|event| !event.data["message"].as_str().is_some_and(|text| text.starts_with("Bell ")));
        heard
    }

    /// Of all that can happen to a ticket something happens, so that who may hear of it has heard of
    /// everything. Sonja has it in the end, in progress.
    #[track_caller]
    pub(crate) fn live_through(&self, desk: &Desk, ticket: &str, customer: &Person, handler: &Person) {
        for transport in Transport::BOTH {
            let mut talking = transport.enter(desk, customer);
            talking.join(ticket);
            talking.done("typing_start", &json!({ "ticketId": ticket }));
            let said = talking.say(ticket, "It happened again.");
            talking.done("typing_stop", &json!({ "ticketId": ticket }));
            read(handler, ticket, &said["sequence"]);
        }
        let mut answering = Transport::SocketIo.enter(desk, handler);
        answering.join(ticket);
        answering.done("typing_start", &json!({ "ticketId": ticket }));
        answering.done("typing_stop", &json!({ "ticketId": ticket }));
        say(handler, ticket, "Let me see.");
        change(handler, ticket, &json!({ "priority": "urgent", "tags": ["vip"] }));
        desk.escalate(ticket, &self.sonja);
        say(&self.sonja, ticket, "I take over.");
        desk.resolve(&self.sonja, ticket);
        change(customer, ticket, &json!({ "status": "in-progress" }));
    }
}

/// Sends a message over HTTP, and answers it.
#[track_caller]
pub(crate) fn say(person: &Person, ticket: &str, message: &str) -> Value {
    person.post(&format!("/support/tickets/{ticket}/messages"), &json!({ "message": message })).is(201)
}

/// Marks messages as read over HTTP.
#[track_caller]
pub(crate) fn read(person: &Person, ticket: &str, up_to: &Value) {
    person.post(&format!("/support/tickets/{ticket}/messages/read"), &json!({ "upTo": up_to })).is(200);
}

/// Changes a ticket over HTTP, and answers it.
#[track_caller]
pub(crate) fn change(person: &Person, ticket: &str, change: &Value) -> Value {
    person.patch(&format!("/support/tickets/{ticket}"), change).is(200)
}

pub(crate) fn is_status(event: &Event) -> bool {
    event.name == "agent_status_changed"
}

/// The sequences of the messages among events.
pub(crate) fn sequences(events: &[Event]) -> Vec<u64> {
    let messages = events.iter().filter(|event| event.name == "new_message");
    messages.filter_map(|event| event.data["sequence"].as_u64()).collect()
}

/// A problem without what is another one each time.
#[track_caller]
pub(crate) fn without_id(mut problem: Value) -> Value {
    let id = problem.as_object_mut().and_then(|members| members.remove("requestId"));
    assert!(!text(&id.unwrap_or_default()).is_empty(), "a problem should have its id: {problem}");
    problem
}

/// A figure of the server's, 0 while there is none.
#[track_caller]
pub(crate) fn figure(desk: &Desk, name: &str) -> i64 {
    let figures = desk.nobody().get("/metrics").text();
    let line = figures.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok());
    #[expect(clippy::cast_possible_truncation, reason = "the figures of the tests are small whole numbers")]
    line.map_or(0, |value| value as i64)
}

/// How many are connected by a transport.
#[track_caller]
pub(crate) fn sessions(desk: &Desk, transport: Transport) -> i64 {
    figure(desk, &format!("support_live_sessions{{door=\"{}\"}}", transport.label()))
}
