//! Request bodies: a struct for clients and for the OpenAPI document, and the reader that makes a command of
//! it.

mod agent;
mod bulk;
mod department;
mod escalation;
mod live;
mod message;
mod second_factor;
mod session;
mod ticket;

pub use agent::{CreateAgent, NewAgent, UpdateAgent};
pub use bulk::{BULK_LIMIT, Bulk, BulkAssign, BulkEscalate, BulkNotify, BulkResolve, BulkStatus};
pub use department::{CreateDepartment, UpdateDepartment};
pub use escalation::EscalateTicket;
pub use live::{
    Authenticate, Join, JoinTicketRoom, MarkTicketRead, OneOrMore, SendTicketMessage, SubscribeTickets,
    Subscription, TicketRoom,
};
pub use message::{MarkRead, NewMessage, SendMessage};
pub use second_factor::{BothFactors, ConfirmTotp, Confirmation, EnrolTotp, RemoveTotp};
pub use session::{Login, RefreshToken, SignInCode};
pub use ticket::{
    AssignTicket, Assignment, CreateTicket, NewCustomer, Notice, NotifyTicket, TicketUpdate, UpdateTicket,
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};
    use utoipa::ToSchema;

    use super::*;
    use crate::reader::{self, Request};

    /// The properties and the required ones of a request's schema.
    fn described<R: ToSchema>() -> (BTreeSet<String>, BTreeSet<String>) {
        let schema = serde_json::to_value(R::schema()).expect("JSON");
        assert_eq!(schema["additionalProperties"], json!(false), "{schema}");
        let properties = schema["properties"].as_object().expect("an object");
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let name = |name: &Value| name.as_str().expect("a name").to_owned();
        (properties.keys().cloned().collect(), required.iter().map(name).collect())
    }

    /// What the reader complains of in an object with every described field, and one more, set to an
    /// impossible value.
    fn holds_together<R: Request + ToSchema>() {
        let (properties, required) = described::<R>();
        let pointers = |body: &Value| -> BTreeSet<String> {
            let violations = reader::read::<R>(body).err().unwrap_or_default();
            violations
                .into_iter()
                .map(|violation| violation.pointer.trim_start_matches('/').to_owned())
                .collect()
        };
        assert_eq!(pointers(&json!({})), required, "{} requires other fields", R::name());
        let mut body: serde_json::Map<_, _> =
            properties.iter().map(|name| (name.clone(), json!({"not": {"a": "value"}}))).collect();
        body.insert("other".to_owned(), json!(1));
        let violations = reader::read::<R>(&Value::Object(body)).err().unwrap_or_default();
        let unknown: Vec<String> = violations
            .into_iter()
            .filter(|violation| {
                violation.detail == "is not a known field" && !violation.pointer.starts_with("/customer/")
            })
            .map(|violation| violation.pointer)
            .collect();
        assert_eq!(unknown, ["/other"], "{} reads other fields", R::name());
    }

    #[test]
    fn readers_know_the_fields_that_the_document_describes() {
        holds_together::<CreateTicket>();
        holds_together::<NewCustomer>();
        holds_together::<UpdateTicket>();
        holds_together::<AssignTicket>();
        holds_together::<EscalateTicket>();
        holds_together::<NotifyTicket>();
        holds_together::<BulkAssign>();
        holds_together::<BulkResolve>();
        holds_together::<BulkStatus>();
        holds_together::<BulkNotify>();
        holds_together::<BulkEscalate>();
        holds_together::<SendMessage>();
        holds_together::<MarkRead>();
        holds_together::<CreateAgent>();
        holds_together::<UpdateAgent>();
        holds_together::<CreateDepartment>();
        holds_together::<UpdateDepartment>();
        holds_together::<Login>();
        holds_together::<RefreshToken>();
        holds_together::<SignInCode>();
        holds_together::<EnrolTotp>();
        holds_together::<ConfirmTotp>();
        holds_together::<RemoveTotp>();
        holds_together::<Authenticate>();
        holds_together::<JoinTicketRoom>();
        holds_together::<TicketRoom>();
        holds_together::<SendTicketMessage>();
        holds_together::<MarkTicketRead>();
        holds_together::<SubscribeTickets>();
    }
}
