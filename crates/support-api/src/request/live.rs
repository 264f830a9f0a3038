//! What clients say over a socket (`docs/contract.md`, section 4.2).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use support_domain::command::{self, TicketKey};
use support_domain::value::{DepartmentName, Status};
use utoipa::ToSchema;
use uuid::Uuid;

use super::message::{MarkRead, SendMessage};
use crate::reader::{self, Read, Reader, Request};
use crate::schema;
use crate::text;

/// The most values of one filter of a subscription.
const MAX_FILTER: usize = 50;

/// Says who is there, as the first frame of a plain WebSocket that brought no token along.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Authenticate {
    /// The access token.
    pub token: String,
}

impl Request for Authenticate {
    type Command = String;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        body.required("token", |value| value.as_str().map(str::to_owned).ok_or("must be a string".to_owned()))
    }
}

/// Enters a ticket's room.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JoinTicketRoom {
    /// The ticket, by its id or its number.
    #[schema(value_type = schema::TicketKey)]
    pub ticket_id: String,
    /// The `sequence` of the last message that the client holds, 0 for none: it gets all behind it. Without,
    /// it gets the newest 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::Sequence)]
    pub after: Option<i64>,
}

/// Entering a room, as read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Join {
    /// The ticket.
    pub ticket: TicketKey,
    /// The sequence of the last message that the client holds.
    pub after: Option<i64>,
}

impl Request for JoinTicketRoom {
    type Command = Join;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        let ticket = body.required("ticketId", reader::ticket_key);
        let after = body.optional("after", reader::integer(0, i64::MAX));
        Ok(Join { ticket: ticket?, after: after? })
    }
}

/// Names a ticket's room: to leave it, or to say that one types or stopped typing there.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TicketRoom {
    /// The ticket, by its id or its number.
    #[schema(value_type = schema::TicketKey)]
    pub ticket_id: String,
}

impl Request for TicketRoom {
    type Command = TicketKey;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        body.required("ticketId", reader::ticket_key)
    }
}

/// Writes a message into a ticket's conversation.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SendTicketMessage {
    /// The ticket, by its id or its number.
    #[schema(value_type = schema::TicketKey)]
    pub ticket_id: String,
    /// The text.
    #[schema(value_type = schema::MessageText)]
    pub message: String,
    /// Files that were uploaded to the ticket before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<Uuid>, max_items = 10)]
    pub attachments: Option<Vec<Uuid>>,
    /// The sender's own name for it: the same one again is answered with the first message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::ClientMessageId)]
    pub client_message_id: Option<String>,
}

impl Request for SendTicketMessage {
    type Command = command::SendMessage;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        let ticket = body.required("ticketId", reader::ticket_key);
        let message = SendMessage::read(body);
        let ticket = ticket?;
        Ok(message?.to(ticket))
    }
}

/// Marks the other side's messages of a ticket as read.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MarkTicketRead {
    /// The ticket, by its id or its number.
    #[schema(value_type = schema::TicketKey)]
    pub ticket_id: String,
    /// The sequence of the last message that was read.
    #[schema(value_type = schema::Sequence)]
    pub up_to: i64,
}

impl Request for MarkTicketRead {
    type Command = (TicketKey, i64);

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        let ticket = body.required("ticketId", reader::ticket_key);
        let up_to = MarkRead::read(body);
        Ok((ticket?, up_to?))
    }
}

/// Watches the list of tickets. Filters that are left out, empty or null let every ticket through; several
/// values are a list, or one text with commas between them.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SubscribeTickets {
    /// Tickets with one of these statuses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = true)]
    pub status: Option<OneOrMore>,
    /// Tickets of one of these departments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = true)]
    pub department: Option<OneOrMore>,
}

/// One value, several with commas between them, or a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum OneOrMore {
    /// One value, or several with commas between them.
    One(String),
    /// A list of values, at most 50.
    More(Vec<String>),
}

/// What a subscription lets through; an empty list is no condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscription {
    /// Tickets with one of these statuses.
    pub status: Vec<Status>,
    /// Tickets of one of these departments.
    pub department: Vec<DepartmentName>,
}

impl Request for SubscribeTickets {
    type Command = Subscription;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        let status = body.nullable("status", one_or_more(reader::choice(Status::parse)));
        let department =
            body.nullable("department", one_or_more(reader::text(text::parse::<DepartmentName>)));
        let (status, department) = (status?, department?);
        Ok(Subscription {
            status: status.flatten().unwrap_or_default(),
            department: department.flatten().unwrap_or_default(),
        })
    }
}

fn one_or_more<T>(read: impl Fn(&Value) -> Result<T, String>) -> impl Fn(&Value) -> Result<Vec<T>, String> {
    move |value| {
        let values: Vec<Value> = match value {
            Value::String(text) => {
                text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Value::from).collect()
            }
            Value::Array(values) => values.clone(),
            _ => return Err("must be a string or an array of strings".to_owned()),
        };
        if values.len() > MAX_FILTER {
            return Err(format!("must have at most {MAX_FILTER} values"));
        }
        values.iter().map(&read).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn subscription(body: &Value) -> Result<Subscription, String> {
        reader::read::<SubscribeTickets>(body)
            .map_err(|violations| format!("{} {}", violations[0].pointer, violations[0].detail))
    }

    #[test]
    fn filters_are_lists_or_texts_with_commas() {
        let expected =
            Subscription { status: vec![Status::Open, Status::InProgress], department: Vec::new() };
        assert_eq!(subscription(&json!({"status": "open, in_progress"})), Ok(expected.clone()));
        assert_eq!(subscription(&json!({"status": ["OPEN", "in-progress"]})), Ok(expected));
        for all in [json!({}), json!({"status": null, "department": ""}), json!({"status": []})] {
            assert_eq!(subscription(&all), Ok(Subscription::default()), "{all}");
        }
        let department = DepartmentName::parse("Loans").expect("a name");
        assert_eq!(subscription(&json!({"department": "Loans"})).expect("fits").department, [department]);
        for bad in [json!({"status": "gone"}), json!({"status": 1}), json!({"status": [1]})] {
            assert!(subscription(&bad).expect_err("refused").starts_with("/status "), "{bad}");
        }
    }

    #[test]
    fn everything_wrong_with_a_message_is_named() {
        let violations = reader::read::<SendTicketMessage>(&json!({"ticketId": "x", "message": " "}));
        let pointers: Vec<_> = violations.err().unwrap_or_default().into_iter().map(|v| v.pointer).collect();
        assert_eq!(pointers, ["/ticketId", "/message"]);
    }
}
