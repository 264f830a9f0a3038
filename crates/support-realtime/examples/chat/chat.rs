//! The chat: what is typed goes out, what happens is shown, whatever becomes of the connection.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, TryRecvError};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use support_api::live::Joined;
use support_api::message::Message;
use support_api::problem::Problem;
use support_api::request::SendTicketMessage;
use tungstenite::handshake::client::generate_key;

use crate::connection::{Connection, End, Frame};
use crate::show::{People, say};

/// The ids of frames: of the first two kinds at most one waits for its answer; the others' answers do not
/// matter.
const JOIN: u64 = 1;
const SEND: u64 = 2;
const OTHER: u64 = 3;

/// The chat about one ticket, over all its connections.
pub(crate) struct Chat {
    ticket: String,
    lines: Receiver<String>,
    /// Whether the room was entered on this connection.
    joined: bool,
    /// The sequence of the last message that was shown.
    last: Option<i64>,
    people: People,
    /// What is not known to be stored, in the order in which it was typed. Only the first is on its way.
    unsent: VecDeque<SendTicketMessage>,
    on_its_way: bool,
}

impl Chat {
    pub(crate) fn new(ticket: String, lines: Receiver<String>) -> Self {
        let (people, unsent) = (People::default(), VecDeque::new());
        Self { ticket, lines, joined: false, last: None, people, unsent, on_its_way: false }
    }

    /// Whether the last connection led into the room.
    pub(crate) const fn took_part(&self) -> bool {
        self.joined
    }

    /// Talks until the connection ends, or until the user has had enough.
    pub(crate) fn talk(&mut self, connection: &mut Connection) -> Result<(), End> {
        (self.joined, self.on_its_way) = (false, false);
        self.join(connection)?;
        while !(self.joined && self.read_lines(connection)?) {
            if let Some(frame) = connection.next()? {
                self.hear(frame, connection)?;
            }
            if let Some(message) = self.unsent.front()
                && self.joined
                && !self.on_its_way
            {
                connection.send("send_message", SEND, &json!(message))?;
                self.on_its_way = true;
            }
        }
        connection.close();
        Ok(())
    }

    /// Enters the room from where the conversation was left.
    fn join(&self, connection: &mut Connection) -> Result<(), End> {
        let data = match self.last {
            Some(last) => json!({ "ticketId": self.ticket, "after": last }),
            None => json!({ "ticketId": self.ticket }),
        };
        connection.send("join_ticket_room", JOIN, &data)
    }

    /// Takes what was typed. True if the user has had enough, or if nothing more can be typed and all of it
    /// is stored.
    fn read_lines(&mut self, connection: &mut Connection) -> Result<bool, End> {
        loop {
            let line = match self.lines.try_recv() {
                Ok(line) => line,
                Err(TryRecvError::Disconnected) => return Ok(self.unsent.is_empty()),
                Err(TryRecvError::Empty) => return Ok(false),
            };
            match line.trim() {
                "" => {}
                "/quit" => return Ok(true),
                "/typing" => connection.send("typing_start", OTHER, &json!({ "ticketId": self.ticket }))?,
                "/read" => {
                    let data = json!({ "ticketId": self.ticket, "upTo": self.last });
                    connection.send("mark_read", OTHER, &data)?;
                }
                command if command.starts_with('/') => say("/typing, /read or /quit"),
                _ => self.unsent.push_back(SendTicketMessage {
                    ticket_id: self.ticket.clone(),
                    message: line,
                    attachments: None,
                    client_message_id: Some(generate_key()),
                }),
            }
        }
    }

    fn hear(&mut self, frame: Frame, connection: &mut Connection) -> Result<(), End> {
        let Frame { event, data, id } = frame;
        match (event.as_str(), id) {
            ("ack", Some(JOIN)) => self.enter(&read(data)?),
            ("ack", Some(SEND)) => self.end_sending(),
            ("ack", _) => {}
            ("error", id) => return self.fail(id, read(data)?, connection),
            ("new_message", _) => self.show(&read(data)?),
            ("ticket_access_lost", _) => {
                return Err(End::Refused("somebody else handles the ticket now".to_owned()));
            }
            (event, _) => self.people.show_event(event, data),
        }
        Ok(())
    }

    fn enter(&mut self, Joined { ticket, messages }: &Joined) {
        match self.last {
            Some(_) => say(&format!("back again; {} new, {} unsent", messages.len(), self.unsent.len())),
            None => self.people.show_ticket(ticket),
        }
        self.joined = true;
        self.last.get_or_insert(0);
        for message in messages {
            self.show(message);
        }
    }

    /// Shows a message, unless it was shown before.
    fn show(&mut self, message: &Message) {
        if self.last.is_none_or(|last| last < message.sequence) {
            self.last = Some(message.sequence);
            self.people.show_message(message);
        }
    }

    /// The message on its way is stored, or never will be.
    fn end_sending(&mut self) {
        self.on_its_way = false;
        self.unsent.pop_front();
    }

    fn fail(&mut self, id: Option<u64>, problem: Problem, connection: &mut Connection) -> Result<(), End> {
        match id {
            Some(JOIN) if problem.code == "too_far_behind" => {
                say("too much was missed; here is the newest");
                self.last = None;
                return self.join(connection);
            }
            // It may pass: come back a little later, and try again.
            Some(JOIN | SEND) if problem.status == 429 || problem.status >= 500 => {
                return Err(End::Lost(problem.detail));
            }
            Some(JOIN) => return Err(End::Refused(problem.detail)),
            Some(SEND) => self.end_sending(),
            _ => {}
        }
        say(&format!("refused: {}", problem.detail));
        Ok(())
    }
}

fn read<T: DeserializeOwned>(data: Value) -> Result<T, End> {
    serde_json::from_value(data).map_err(|error| End::Refused(format!("not understood: {error}")))
}
