//! Values for examples.

use serde_json::{Value, json};

pub(super) const TICKET: &str = "0195d3a0-4f6e-7c31-9b0a-5d2f8e6c1a01";
pub(super) const CUSTOMER: &str = "0195c8f2-1b7d-7e44-8f3c-2a9d4b6e7c02";
pub(super) const AGENT: &str = "0195c8f2-0a5c-7d19-a6e2-7b1f3c8d9e03";
pub(super) const AGENT_NAME: &str = "Amara Nwosu";
pub(super) const CLIENT_MESSAGE_ID: &str = "draft-7f3a";
/// No token: only its form.
pub(super) const TOKEN: &str = "<header>.<claims>.<signature>";

const SENIOR_AGENT: &str = "0195c8f2-0a5c-7f02-b8d4-9c3e5a7f1b04";
const SENIOR_AGENT_NAME: &str = "Ruben Castillo";

pub(super) fn ticket() -> Value {
    json!({
        "id": TICKET,
        "ticketNumber": "TKT-2026-063",
        "customerId": CUSTOMER,
        "customerName": "Aiko Tanabe",
        "customerPhone": "",
        "customerEmail": "aiko.tanabe@example.net",
        "subject": "Card reader shows E-17",
        "description": "Since the update.",
        "category": "technical",
        "priority": "high",
        "status": "in-progress",
        "assignedTo": AGENT,
        "assignedToName": AGENT_NAME,
        "department": "Technical Support",
        "escalatedTo": null,
        "escalatedToName": null,
        "resolution": null,
        "resolvedAt": null,
        "resolvedBy": null,
        "lastMessageAt": "2026-11-24T02:16:40.000Z",
        "messageCount": 7,
        "tags": ["terminal"],
        "createdAt": "2026-11-24T02:00:00.000Z",
        "updatedAt": "2026-11-24T02:16:40.000Z",
        "firstResponseAt": "2026-11-24T02:05:10.000Z",
        "version": 11,
    })
}

/// The same ticket a little later.
pub(super) fn escalated_ticket() -> Value {
    let mut ticket = ticket();
    for (field, value) in [
        ("status", json!("escalated")),
        ("escalatedTo", json!(SENIOR_AGENT)),
        ("escalatedToName", json!(SENIOR_AGENT_NAME)),
        ("messageCount", json!(8)),
        ("version", json!(12)),
    ] {
        ticket.as_object_mut().map(|fields| fields.insert(field.to_owned(), value));
    }
    ticket
}

pub(super) fn message() -> Value {
    json!({
        "id": "0195d3af-91c0-7a58-8e14-3f6b2d9c0e05",
        "ticketId": TICKET,
        "senderId": AGENT,
        "senderName": AGENT_NAME,
        "senderType": "agent",
        "message": "Have you tried the other cable?",
        "attachments": [],
        "isRead": false,
        "createdAt": "2026-11-24T02:16:40.000Z",
        "sequence": 7,
        "clientMessageId": CLIENT_MESSAGE_ID,
    })
}

pub(super) fn agent() -> Value {
    json!({ "id": AGENT, "name": AGENT_NAME, "department": "Technical Support", "tier": 1 })
}

pub(super) fn senior_agent() -> Value {
    json!({ "id": SENIOR_AGENT, "name": SENIOR_AGENT_NAME, "department": "Technical Support", "tier": 2 })
}

/// The problem that a ticket is not there, or not for the caller to see.
pub(super) fn problem() -> Value {
    json!({
        "type": "urn:support:problem:not_found",
        "title": "Not found",
        "status": 404,
        "detail": "no such ticket",
        "code": "not_found",
        "requestId": "0195d3b0-02f4-7b6d-9c55-8e1a4d7f2b06",
    })
}
