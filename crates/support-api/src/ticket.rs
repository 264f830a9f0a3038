//! Tickets.

use serde::{Deserialize, Serialize};
use support_domain::id::UserId;
use support_domain::{entity, port};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::choice::{Category, Priority, Status};
use crate::problem::Problem;
use crate::schema;

/// A ticket: a customer's request from its creation to its resolution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ticket {
    /// Its id.
    pub id: Uuid,
    /// Its number for people, such as `TKT-2026-001`.
    pub ticket_number: String,
    /// Whose it is.
    pub customer_id: Uuid,
    /// The customer's name.
    pub customer_name: String,
    /// The customer's telephone number; empty if unknown.
    pub customer_phone: String,
    /// The customer's e-mail address; empty if unknown.
    pub customer_email: String,
    /// What it is about, in a line.
    pub subject: String,
    /// What it is about.
    pub description: String,
    /// The kind of matter.
    pub category: Category,
    /// How soon it needs attention.
    pub priority: Priority,
    /// Where it is in its life.
    pub status: Status,
    /// The agent it was assigned to.
    #[schema(required = true)]
    pub assigned_to: Option<Uuid>,
    /// That agent's name.
    #[schema(required = true)]
    pub assigned_to_name: Option<String>,
    /// The department it belongs to.
    #[schema(required = true)]
    pub department: Option<String>,
    /// The agent it was escalated to, who then handles it.
    #[schema(required = true)]
    pub escalated_to: Option<Uuid>,
    /// That agent's name.
    #[schema(required = true)]
    pub escalated_to_name: Option<String>,
    /// How it was resolved.
    #[schema(required = true)]
    pub resolution: Option<String>,
    /// When it was resolved.
    #[schema(required = true, value_type = Option<schema::Time>)]
    pub resolved_at: Option<String>,
    /// Who resolved it.
    #[schema(required = true)]
    pub resolved_by: Option<Uuid>,
    /// When the last message was written.
    #[schema(required = true, value_type = Option<schema::Time>)]
    pub last_message_at: Option<String>,
    /// How many messages there are, which is the `sequence` of the last one.
    #[schema(value_type = schema::Count)]
    pub message_count: i64,
    /// Its labels.
    pub tags: Vec<String>,
    /// When it was created.
    #[schema(value_type = schema::Time)]
    pub created_at: String,
    /// When it was last changed.
    #[schema(value_type = schema::Time)]
    pub updated_at: String,
    /// When staff first wrote a message.
    #[schema(required = true, value_type = Option<schema::Time>)]
    pub first_response_at: Option<String>,
    /// Grows by one with each change; the `ETag` of the ticket.
    #[schema(value_type = schema::Count)]
    pub version: i64,
}

impl From<&entity::Ticket> for Ticket {
    fn from(ticket: &entity::Ticket) -> Self {
        let id = |handler: &Option<entity::Handler>| handler.as_ref().map(|handler| handler.id.uuid());
        let name = |handler: &Option<entity::Handler>| handler.as_ref().map(|h| h.name.as_str().to_owned());
        let time = |time: Option<support_domain::time::Timestamp>| time.map(|time| time.to_string());
        let customer = &ticket.customer;
        Self {
            id: ticket.id.uuid(),
            ticket_number: ticket.number.to_string(),
            customer_id: customer.id.uuid(),
            customer_name: customer.name.as_str().to_owned(),
            customer_phone: customer.phone.as_ref().map(|p| p.as_str().to_owned()).unwrap_or_default(),
            customer_email: customer.email.as_ref().map(|e| e.as_str().to_owned()).unwrap_or_default(),
            subject: ticket.subject.as_str().to_owned(),
            description: ticket.description.as_str().to_owned(),
            category: ticket.category.into(),
            priority: ticket.priority.into(),
            status: ticket.status.into(),
            assigned_to: id(&ticket.assigned_to),
            assigned_to_name: name(&ticket.assigned_to),
            department: ticket.department.as_ref().map(|name| name.as_str().to_owned()),
            escalated_to: id(&ticket.escalated_to),
            escalated_to_name: name(&ticket.escalated_to),
            resolution: ticket.resolution.as_ref().map(|text| text.as_str().to_owned()),
            resolved_at: time(ticket.resolved_at),
            resolved_by: ticket.resolved_by.map(UserId::uuid),
            last_message_at: time(ticket.last_message_at),
            message_count: ticket.message_count,
            tags: ticket.tags.as_slice().iter().map(|tag| tag.as_str().to_owned()).collect(),
            created_at: ticket.created_at.to_string(),
            updated_at: ticket.updated_at.to_string(),
            first_response_at: time(ticket.first_response_at),
            version: ticket.version,
        }
    }
}

/// A page of tickets.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketList {
    /// The tickets of this page.
    pub items: Vec<Ticket>,
    /// Where the next page begins, for `cursor`; null at the end.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
    /// How many tickets there are in all.
    #[schema(value_type = schema::Count)]
    pub total: u64,
    /// Whether that is all of them: counting stops at 10,000.
    pub total_is_exact: bool,
}

impl TicketList {
    /// A page and where the next one begins.
    #[must_use]
    pub fn of(page: &port::TicketPage, next_cursor: Option<String>) -> Self {
        Self {
            items: page.items.iter().map(Ticket::from).collect(),
            next_cursor,
            total: page.total.count,
            total_is_exact: page.total.is_exact,
        }
    }
}

/// What a bulk operation did.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkResult {
    /// How many tickets it was done to.
    #[schema(value_type = schema::Count)]
    pub succeeded: usize,
    /// How many tickets it was not done to.
    #[schema(value_type = schema::Count)]
    pub failed: usize,
    /// What became of each ticket, in the order of the request.
    pub results: Vec<BulkItem>,
}

impl From<Vec<BulkItem>> for BulkResult {
    fn from(results: Vec<BulkItem>) -> Self {
        let succeeded = results.iter().filter(|item| item.ok).count();
        Self { succeeded, failed: results.len() - succeeded, results }
    }
}

/// What a bulk operation did to one ticket.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkItem {
    /// The ticket, as the request named it.
    pub ticket_id: String,
    /// Whether it was done.
    pub ok: bool,
    /// The ticket as it is now, if it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub ticket: Option<Ticket>,
    /// Why it was not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub error: Option<Problem>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_the_specification_come_first_and_in_its_order() {
        let written = concat!(
            r#"{"id":"018f3a5e-7c1d-7b3a-9d2e-1f4c5b6a7d8e","ticketNumber":"TKT-2026-001","#,
            r#""customerId":"018f3a5e-7c1d-7b3a-9d2e-1f4c5b6a7d8f","customerName":"Ana","customerPhone":"","#,
            r#""customerEmail":"ana@example.com","subject":"Fee","description":"Why?","category":"billing","#,
            r#""priority":"low","status":"in-progress","assignedTo":"018f3a5e-7c1d-7b3a-9d2e-1f4c5b6a7d90","#,
            r#""assignedToName":"Tara","department":null,"escalatedTo":null,"escalatedToName":null,"#,
            r#""resolution":null,"resolvedAt":null,"resolvedBy":null,"lastMessageAt":null,"messageCount":0,"#,
            r#""tags":["vip"],"createdAt":"2026-11-24T02:00:00.000Z","updatedAt":"2026-11-24T02:00:00.000Z","#,
            r#""firstResponseAt":null,"version":2}"#,
        );
        let ticket: Ticket = serde_json::from_str(written).expect("a ticket");
        assert_eq!(serde_json::to_string(&ticket).expect("JSON"), written);
    }
}
