//! How the conversation is shown.

use std::collections::HashMap;
use std::io::IsTerminal;

use serde::Serialize;
use serde_json::Value;
use support_api::choice::SenderType;
use support_api::live::{MessageRead, TicketHandedOver, TicketUpdated, TypingIndicator};
use support_api::message::Message;
use support_api::ticket::Ticket;

/// The names of those who take part, by their id.
#[derive(Default)]
pub(crate) struct People(HashMap<String, String>);

impl People {
    pub(crate) fn show_ticket(&mut self, ticket: &Ticket) {
        let Ticket { ticket_number, subject, customer_name, status, .. } = ticket;
        self.0.insert(ticket.customer_id.to_string(), customer_name.clone());
        let handler = ticket.escalated_to_name.as_ref().or(ticket.assigned_to_name.as_ref());
        let handler = handler.map(|name| format!(", with {name}")).unwrap_or_default();
        say(&format!("{ticket_number} “{subject}” of {customer_name}: {}{handler}", word(status)));
    }

    pub(crate) fn show_message(&mut self, message: &Message) {
        let time = message.created_at.get(11..16).unwrap_or_default();
        let text = message.message.replace('\n', "\n      ");
        self.0.insert(message.sender_id.to_string(), message.sender_name.clone());
        match message.sender_type {
            SenderType::System => line(&format!("{time} * {text}")),
            _ => line(&format!("{time} {}: {text}", message.sender_name)),
        }
    }

    /// Shows an event that is no message. Those that mean nothing to a chat are left out.
    pub(crate) fn show_event(&mut self, name: &str, data: Value) {
        if let Some(what) = self.event(name, data) {
            say(&what);
        }
    }

    fn event(&self, name: &str, data: Value) -> Option<String> {
        match name {
            "typing_indicator" => {
                let TypingIndicator { name, typing, .. } = serde_json::from_value(data).ok()?;
                Some(format!("{name} {}", if typing { "is typing …" } else { "stopped typing" }))
            }
            "message_read" => {
                let MessageRead { read_by, up_to, .. } = serde_json::from_value(data).ok()?;
                let who = self.0.get(&read_by.to_string()).map_or("somebody", String::as_str);
                Some(format!("{who} has read up to message {up_to}"))
            }
            "ticket_updated" => {
                let TicketUpdated { ticket, changes } = serde_json::from_value(data).ok()?;
                Some(format!("changed: {}; the ticket is {}", changes.join(", "), word(&ticket.status)))
            }
            "ticket_assigned" | "ticket_escalated" => {
                let TicketHandedOver { agent, reason, .. } = serde_json::from_value(data).ok()?;
                let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
                Some(format!("{} ({}) takes over{reason}", agent.name, agent.department))
            }
            _ => None,
        }
    }
}

/// A value of a closed set, as it is written.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Shows something that is no message.
pub(crate) fn say(what: &str) {
    line(&format!("      — {what}"));
}

/// Shows a line, on a terminal in place of what is being typed, which is not lost by that.
fn line(text: &str) {
    let clear = if std::io::stdout().is_terminal() { "\r\x1b[K" } else { "" };
    println!("{clear}{text}");
}
