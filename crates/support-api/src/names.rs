//! What the domain's fields and events are called on the wire.

use support_domain::entity::TicketField;
use support_domain::error::InputField;
use support_domain::event::Event;
use support_domain::port::SortField;

/// The name of an event (`docs/contract.md`, section 4.3).
#[must_use]
pub const fn event(event: &Event) -> &'static str {
    match event {
        Event::NewTicket { .. } => "new_ticket",
        Event::TicketUpdated { .. } => "ticket_updated",
        Event::TicketAssigned { .. } => "ticket_assigned",
        Event::TicketEscalated { .. } => "ticket_escalated",
        Event::NewMessage { .. } => "new_message",
        Event::MessageRead { .. } => "message_read",
        Event::AgentStatusChanged { .. } => "agent_status_changed",
    }
}

/// The name of a ticket's field (`docs/contract.md`, section 2.6).
#[must_use]
pub const fn ticket_field(field: TicketField) -> &'static str {
    match field {
        TicketField::Subject => "subject",
        TicketField::Description => "description",
        TicketField::Category => "category",
        TicketField::Priority => "priority",
        TicketField::Status => "status",
        TicketField::AssignedTo => "assignedTo",
        TicketField::AssignedToName => "assignedToName",
        TicketField::Department => "department",
        TicketField::EscalatedTo => "escalatedTo",
        TicketField::EscalatedToName => "escalatedToName",
        TicketField::Resolution => "resolution",
        TicketField::ResolvedAt => "resolvedAt",
        TicketField::ResolvedBy => "resolvedBy",
        TicketField::Tags => "tags",
        TicketField::FirstResponseAt => "firstResponseAt",
        TicketField::MessageCount => "messageCount",
        TicketField::Waiting => "waiting",
        TicketField::Version => "version",
    }
}

/// The name of what a list of tickets is ordered by (`docs/contract.md`, section 2.8, `sort`).
#[must_use]
pub const fn sort_field(field: SortField) -> &'static str {
    match field {
        SortField::CreatedAt => "createdAt",
        SortField::UpdatedAt => "updatedAt",
        SortField::Priority => "priority",
        SortField::Status => "status",
        SortField::LastMessageAt => "lastMessageAt",
    }
}

/// Where in a request's body a value stands: a JSON pointer (RFC 6901).
#[must_use]
pub fn pointer(field: InputField) -> String {
    match field {
        InputField::Agent => "/agentId".to_owned(),
        InputField::Attachment(index) => format!("/attachments/{index}"),
        InputField::Customer => "/customer".to_owned(),
        InputField::CustomerId => "/customer/id".to_owned(),
        InputField::Department => "/department".to_owned(),
        InputField::Role => "/role".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_a_ticket_are_those_of_the_wire_object() {
        let utoipa::openapi::RefOr::T(schema) = <crate::ticket::Ticket as utoipa::PartialSchema>::schema()
        else {
            panic!("a schema of its own");
        };
        let schema = serde_json::to_value(schema).expect("JSON");
        for field in TicketField::ALL {
            let name = ticket_field(*field);
            let is_shown = schema.pointer(&format!("/properties/{name}")).is_some();
            assert_eq!(is_shown, *field != TicketField::Waiting, "{name}");
        }
    }
}
