//! The same action on several tickets.

use serde::{Deserialize, Serialize};
use support_domain::command::{self, StatusChange, TicketKey};
use support_domain::entity::TicketChanges;
use support_domain::value::{Resolution, Status};
use utoipa::ToSchema;
use uuid::Uuid;

use super::escalation::Escalation;
use super::ticket::{Assignment, Notice, status_change};
use crate::choice;
use crate::reader::{self, Read, Reader, Request};
use crate::schema;
use crate::text;

/// The most tickets of one bulk operation.
pub const BULK_LIMIT: usize = 500;

/// An action on several tickets.
#[derive(Clone, Debug)]
pub struct Bulk<A> {
    /// The tickets in order, each as it was named.
    pub tickets: Vec<(String, TicketKey)>,
    /// What is done to each.
    pub action: A,
}

impl<A> Bulk<A> {
    fn read(body: &mut Reader<'_>, action: impl FnOnce(&mut Reader<'_>) -> Read<A>) -> Read<Self> {
        let tickets = tickets(body);
        let action = action(body);
        Ok(Self { tickets: tickets?, action: action? })
    }
}

fn tickets(body: &mut Reader<'_>) -> Read<Vec<(String, TicketKey)>> {
    if !body.has("ticketIds") {
        return body.required("ticketIds", |_| Err(String::new()));
    }
    let named = |value: &serde_json::Value| {
        let key = reader::ticket_key(value)?;
        Ok((value.as_str().unwrap_or_default().to_owned(), key))
    };
    let tickets = body.list("ticketIds", BULK_LIMIT, named)?.unwrap_or_default();
    if tickets.is_empty() {
        return body.refuse("ticketIds", "must have at least 1 item");
    }
    let mut seen = std::collections::HashSet::new();
    let mut distinct = Ok(());
    for (index, (_, key)) in tickets.iter().enumerate() {
        let name = match key {
            TicketKey::Id(id) => id.to_string(),
            TicketKey::Number(number) => number.to_string(),
        };
        if !seen.insert(name) {
            distinct = body.refuse(&format!("ticketIds/{index}"), "is listed before");
        }
    }
    distinct.map(|()| tickets)
}

/// A change of status alone.
fn status(change: StatusChange) -> command::UpdateTicket {
    command::UpdateTicket { details: TicketChanges::default(), status: Some(change), expected_version: None }
}

/// Gives several tickets to an agent, or each to the one whom the assignment rule picks.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BulkAssign {
    /// The tickets.
    #[schema(value_type = std::collections::HashSet<schema::TicketKey>, min_items = 1, max_items = 500)]
    pub ticket_ids: Vec<String>,
    /// The agent; without one, the assignment rule picks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Uuid)]
    pub agent_id: Option<Uuid>,
    /// Whether the named agent gets them over capacity too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool)]
    pub force: Option<bool>,
}

impl Request for BulkAssign {
    type Command = Bulk<Assignment>;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        Bulk::read(body, Assignment::read)
    }
}

/// Resolves several tickets.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BulkResolve {
    /// The tickets.
    #[schema(value_type = std::collections::HashSet<schema::TicketKey>, min_items = 1, max_items = 500)]
    pub ticket_ids: Vec<String>,
    /// How they were resolved.
    #[schema(value_type = schema::Resolution)]
    pub resolution: String,
}

impl Request for BulkResolve {
    type Command = Bulk<command::UpdateTicket>;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        Bulk::read(body, |body| {
            let resolution = body.required("resolution", reader::text(text::parse::<Resolution>));
            Ok(status(StatusChange::Resolved(resolution?)))
        })
    }
}

/// Changes the status of several tickets.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BulkStatus {
    /// The tickets.
    #[schema(value_type = std::collections::HashSet<schema::TicketKey>, min_items = 1, max_items = 500)]
    pub ticket_ids: Vec<String>,
    /// The new status.
    pub status: choice::Status,
    /// How they were resolved: goes with the status `resolved`, which needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::Resolution)]
    pub resolution: Option<String>,
}

impl Request for BulkStatus {
    type Command = Bulk<command::UpdateTicket>;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        Bulk::read(body, |body| {
            let to = body.required("status", reader::choice(Status::parse));
            let resolution = body.optional("resolution", reader::text(text::parse::<Resolution>));
            let change = status_change(to?, resolution?);
            change.map(status).or_else(|detail| body.refuse("resolution", detail))
        })
    }
}

/// Tells the customer or the handler of several tickets something.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BulkNotify {
    /// The tickets.
    #[schema(value_type = std::collections::HashSet<schema::TicketKey>, min_items = 1, max_items = 500)]
    pub ticket_ids: Vec<String>,
    /// Whom.
    pub to: choice::Recipient,
    /// What.
    #[schema(value_type = schema::MessageText)]
    pub message: String,
    /// How; in the app unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<choice::Channel>, max_items = 3)]
    pub channels: Option<Vec<choice::Channel>>,
}

impl Request for BulkNotify {
    type Command = Bulk<Notice>;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        Bulk::read(body, Notice::read)
    }
}

/// Escalates several tickets: each to at most one of an agent, a department and a tier. With none of them,
/// the escalation rule picks.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BulkEscalate {
    /// The tickets.
    #[schema(value_type = std::collections::HashSet<schema::TicketKey>, min_items = 1, max_items = 500)]
    pub ticket_ids: Vec<String>,
    /// Why.
    #[schema(value_type = schema::Reason)]
    pub reason: String,
    /// The agent who gets them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Uuid)]
    pub agent_id: Option<Uuid>,
    /// The department whose best agents get them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::DepartmentName)]
    pub department: Option<String>,
    /// The tier whose best agents get them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::Tier)]
    pub tier: Option<u8>,
}

impl Request for BulkEscalate {
    type Command = Bulk<Escalation>;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        Bulk::read(body, Escalation::read)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn violations(body: &Value) -> Vec<String> {
        let violations = reader::read::<BulkResolve>(body).err().unwrap_or_default();
        violations.into_iter().map(|v| format!("{} {}", v.pointer, v.detail)).collect()
    }

    #[test]
    fn tickets_are_distinct_and_not_too_many() {
        let many = |count: usize| (1..=count).map(|n| format!("TKT-2026-{n:03}")).collect::<Vec<_>>();
        let body = |tickets: &Value| json!({"ticketIds": tickets, "resolution": "Done"});
        assert!(violations(&body(&json!(many(500)))).is_empty());
        assert_eq!(violations(&body(&json!(many(501)))), ["/ticketIds must have at most 500 items"]);
        assert_eq!(violations(&body(&json!([]))), ["/ticketIds must have at least 1 item"]);
        assert_eq!(
            violations(&body(&json!(["TKT-2026-001", "tkt-2026-001"]))),
            ["/ticketIds/1 is listed before"]
        );
        assert_eq!(violations(&body(&json!(["TKT-2026-001", 7]))), ["/ticketIds/1 must be a string"]);
        assert_eq!(violations(&json!({})), ["/ticketIds is required", "/resolution is required"]);
    }

    #[test]
    fn a_resolution_goes_with_resolved_alone() {
        let read = |status: &str, resolution: Value| {
            let mut body = json!({"ticketIds": ["TKT-2026-001"], "status": status});
            if !resolution.is_null() {
                body["resolution"] = resolution;
            }
            reader::read::<BulkStatus>(&body).is_ok()
        };
        assert!(read("resolved", json!("Done")) && read("closed", Value::Null));
        assert!(!read("resolved", Value::Null) && !read("closed", json!("Done")));
    }
}
