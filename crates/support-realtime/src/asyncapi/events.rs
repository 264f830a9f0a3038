//! The table of events: names, types, answers and examples.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use support_api::live::{
    AgentStatusChanged, Done, Joined, MessageRead, MessageSent, TicketAccessLost, TicketHandedOver,
    TicketUpdated, TypingIndicator,
};
use support_api::message::{Message, ReadResult};
use support_api::request::{
    Authenticate, JoinTicketRoom, MarkTicketRead, SendTicketMessage, SubscribeTickets, TicketRoom,
};
use support_api::ticket::Ticket;
use utoipa::ToSchema;

use super::examples;
use super::schemas::Schemas;

/// Something that is sent: its schema, and an example of it.
pub(super) struct Payload {
    pub(super) schema: Value,
    pub(super) example: Value,
    /// Whether the example is what its type writes.
    #[cfg(test)]
    is_written_so: bool,
}

impl Payload {
    /// A type of the wire, and an example of it.
    pub(super) fn of<T: ToSchema + Serialize + DeserializeOwned>(
        schemas: &mut Schemas,
        example: Value,
    ) -> Self {
        Self {
            schema: schemas.reference::<T>(),
            #[cfg(test)]
            is_written_so: serde_json::from_value::<T>(example.clone())
                .is_ok_and(|value| serde_json::to_value(value).is_ok_and(|written| written == example)),
            example,
        }
    }
}

/// What clients send.
pub(super) struct ClientEvent {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    pub(super) data: Payload,
    pub(super) ack: Payload,
}

/// What the server sends.
pub(super) struct ServerEvent {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    pub(super) data: Payload,
}

/// All events that both transports carry.
pub(super) struct Events {
    pub(super) client: Vec<ClientEvent>,
    pub(super) server: Vec<ServerEvent>,
}

impl Events {
    pub(super) fn new(schemas: &mut Schemas) -> Self {
        let mut client = room_events(schemas);
        client.extend(work_events(schemas));
        let mut server = conversation_news(schemas);
        server.extend(desk_news(schemas));
        Self { client, server }
    }
}

/// The first frame of a plain WebSocket that brought no token along.
pub(super) fn authenticate(schemas: &mut Schemas) -> ClientEvent {
    ClientEvent {
        name: "authenticate",
        title: "Say who is there",
        description: "The first frame of a connection whose handshake brought no token, within 5 s; otherwise the \
                      connection is closed with 4401, as it is when the token does not hold.",
        data: Payload::of::<Authenticate>(schemas, json!({ "token": examples::TOKEN })),
        ack: Payload::of::<Done>(schemas, json!({})),
    }
}

fn room_events(schemas: &mut Schemas) -> Vec<ClientEvent> {
    let room = json!({ "ticketId": examples::TICKET });
    vec![
        ClientEvent {
            name: "join_ticket_room",
            title: "Enter a ticket's room",
            description: "Answered with the ticket and all messages behind `after` (without it the newest 50). The \
                          live stream goes on exactly where they end: nothing is missed between, nothing comes twice.",
            data: Payload::of::<JoinTicketRoom>(schemas, json!({ "ticketId": "TKT-2026-063", "after": 6 })),
            ack: Payload::of::<Joined>(
                schemas,
                json!({ "ticket": examples::ticket(), "messages": [examples::message()] }),
            ),
        },
        ClientEvent {
            name: "leave_ticket_room",
            title: "Leave a ticket's room",
            description: "Nothing of the room is delivered any longer.",
            data: Payload::of::<TicketRoom>(schemas, room.clone()),
            ack: Payload::of::<Done>(schemas, json!({})),
        },
        ClientEvent {
            name: "typing_start",
            title: "Type",
            description: "Shown to the others in the room, where the sender must be. It ends by `typing_stop`, when the \
                          sender leaves or disconnects, and by itself after 6 s unless it is repeated.",
            data: Payload::of::<TicketRoom>(schemas, room.clone()),
            ack: Payload::of::<Done>(schemas, json!({})),
        },
        ClientEvent {
            name: "typing_stop",
            title: "Stop typing",
            description: "Ends what `typing_start` began.",
            data: Payload::of::<TicketRoom>(schemas, room),
            ack: Payload::of::<Done>(schemas, json!({})),
        },
    ]
}

fn work_events(schemas: &mut Schemas) -> Vec<ClientEvent> {
    vec![
        ClientEvent {
            name: "send_message",
            title: "Write a message",
            description: "Answered once the message is durable. Who repeats it under the same `clientMessageId`, for \
                          want of an answer, is answered with the first message. The room need not have been entered.",
            data: Payload::of::<SendTicketMessage>(
                schemas,
                json!({
                    "ticketId": examples::TICKET,
                    "message": "Have you tried the other cable?",
                    "clientMessageId": examples::CLIENT_MESSAGE_ID,
                }),
            ),
            ack: Payload::of::<MessageSent>(schemas, json!({ "message": examples::message() })),
        },
        ClientEvent {
            name: "mark_read",
            title: "Mark messages as read",
            description: "Marks the other side's messages up to a sequence. Answered with how many were unread before.",
            data: Payload::of::<MarkTicketRead>(schemas, json!({ "ticketId": examples::TICKET, "upTo": 7 })),
            ack: Payload::of::<ReadResult>(schemas, json!({ "read": 2 })),
        },
        ClientEvent {
            name: "subscribe_tickets",
            title: "Watch the list of tickets",
            description: "Staff only. The subscriber hears of tickets that match now or matched before a change, an \
                          agent only of those they may see. Another subscription replaces the one before.",
            data: Payload::of::<SubscribeTickets>(
                schemas,
                json!({ "status": ["open", "in-progress"], "department": "Technical Support" }),
            ),
            ack: Payload::of::<Done>(schemas, json!({})),
        },
    ]
}

fn conversation_news(schemas: &mut Schemas) -> Vec<ServerEvent> {
    vec![
        ServerEvent {
            name: "new_message",
            title: "A message was written",
            description: "To the room, its sender included: by ascending `sequence`, without a gap, and only once it is \
                          durable, whatever transport it came by.",
            data: Payload::of::<Message>(schemas, examples::message()),
        },
        ServerEvent {
            name: "typing_indicator",
            title: "Somebody types, or stopped",
            description: "To the room, except to who types.",
            data: Payload::of::<TypingIndicator>(
                schemas,
                json!({
                    "ticketId": examples::TICKET,
                    "userId": examples::AGENT,
                    "name": examples::AGENT_NAME,
                    "typing": true,
                }),
            ),
        },
        ServerEvent {
            name: "message_read",
            title: "Messages were read",
            description: "To the room.",
            data: Payload::of::<MessageRead>(
                schemas,
                json!({ "ticketId": examples::TICKET, "readBy": examples::CUSTOMER, "upTo": 7 }),
            ),
        },
        ServerEvent {
            name: "ticket_access_lost",
            title: "A ticket is out of sight",
            description: "To an agent who may not see the ticket any longer, because another one handles it now: they \
                          were put out of its room, and hear no more of it.",
            data: Payload::of::<TicketAccessLost>(schemas, json!({ "ticketId": examples::TICKET })),
        },
    ]
}

fn desk_news(schemas: &mut Schemas) -> Vec<ServerEvent> {
    vec![
        ServerEvent {
            name: "new_ticket",
            title: "A ticket was created",
            description: "To subscribers.",
            data: Payload::of::<Ticket>(schemas, examples::ticket()),
        },
        ServerEvent {
            name: "ticket_updated",
            title: "A ticket changed",
            description: "To the room and to subscribers, also after `ticket_assigned` and `ticket_escalated`. What every message \
                          moves along (`messageCount`, `lastMessageAt`, `updatedAt`, `version`) is not announced by \
                          itself, nor named in `changes`.",
            data: Payload::of::<TicketUpdated>(
                schemas,
                json!({ "ticket": examples::ticket(), "changes": ["priority", "tags"] }),
            ),
        },
        ServerEvent {
            name: "ticket_assigned",
            title: "A ticket was assigned",
            description: "To the room, to subscribers and to the agent concerned.",
            data: Payload::of::<TicketHandedOver>(
                schemas,
                json!({ "ticket": examples::ticket(), "agent": examples::agent() }),
            ),
        },
        ServerEvent {
            name: "ticket_escalated",
            title: "A ticket was escalated",
            description: "To the room, to subscribers and to the agent concerned.",
            data: Payload::of::<TicketHandedOver>(
                schemas,
                json!({
                    "ticket": examples::escalated_ticket(),
                    "agent": examples::senior_agent(),
                    "previousAgent": { "id": examples::AGENT, "name": examples::AGENT_NAME },
                    "reason": "Needs a look at the terminal's firmware.",
                }),
            ),
        },
        ServerEvent {
            name: "agent_status_changed",
            title: "An agent's availability or workload changed",
            description: "To all connected agents and administrators.",
            data: Payload::of::<AgentStatusChanged>(
                schemas,
                json!({ "agentId": examples::AGENT, "status": "busy", "activeTickets": 10 }),
            ),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_what_its_type_writes() {
        let mut schemas = Schemas::default();
        let mut events = Events::new(&mut schemas);
        events.client.push(authenticate(&mut schemas));
        for ClientEvent { name, data, ack, .. } in &events.client {
            assert!(data.is_written_so, "{name}");
            assert!(ack.is_written_so, "the answer to {name}");
        }
        for ServerEvent { name, data, .. } in &events.server {
            assert!(data.is_written_so, "{name}");
        }
    }
}
