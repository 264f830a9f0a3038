//! The closed sets of values under their names on the wire.

use serde::{Deserialize, Serialize};
use support_domain::{entity, value};
use utoipa::ToSchema;

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident in $case:tt = $domain:path { $($variant:ident),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = $case)]
        #[expect(missing_docs, reason = "the variants are named as in the domain, which describes them")]
        pub enum $name { $($variant),+ }

        impl From<$domain> for $name {
            fn from(value: $domain) -> Self {
                use $domain as Domain;
                match value { $(Domain::$variant => Self::$variant),+ }
            }
        }

        #[cfg(test)]
        impl $name {
            fn names() -> Vec<(String, &'static str)> {
                use $domain as Domain;
                let written = |value: Domain| {
                    let json = serde_json::to_value(Self::from(value)).expect("a string");
                    (json.as_str().expect("a string").to_owned(), value.as_str())
                };
                Domain::ALL.iter().copied().map(written).collect()
            }
        }
    )+};
}

choices! {
    /// Where a ticket is in its life.
    Status in "kebab-case" = value::Status { Open, InProgress, Escalated, Resolved, Closed }

    /// How soon a ticket needs attention.
    Priority in "kebab-case" = value::Priority { Low, Medium, High, Urgent }

    /// What a ticket is about.
    Category in "kebab-case" = value::Category { Technical, Billing, Account, Loan, General, Transaction }

    /// Whether an agent takes new tickets.
    AgentStatus in "kebab-case" = value::AgentStatus { Available, Busy, Away }

    /// Who wrote a message.
    SenderType in "kebab-case" = value::SenderType { Customer, Agent, System }

    /// What a user may do.
    Role in "kebab-case" = value::Role { Customer, Agent, Admin }

    /// A way to reach somebody.
    Channel in "kebab-case" = value::Channel { InApp, Email, Webhook }

    /// What happened to a ticket.
    Action in "snake_case" = entity::Action {
        TicketCreated, TicketAssigned, TicketEscalated, StatusChanged, PriorityChanged, TicketResolved, TicketClosed,
        MessageSent, AgentReassigned, TicketReopened, TicketUpdated, AttachmentAdded, NotificationSent, CustomerExported,
        CustomerErased,
    }

    /// How a ticket's history can be broken.
    ChainProblem in "kebab-case" = entity::ChainProblem {
        Missing, Changed, WrongOrder, Truncated, BeyondHead, HeadChanged, Rewritten, TicketMissing,
    }

    /// Why somebody is notified.
    NotificationKind in "snake_case" = entity::NotificationKind {
        TicketCreated, TicketAssigned, TicketEscalated, TicketResolved, Manual,
    }
}

/// Whom a notification is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Recipient {
    /// The ticket's customer.
    Customer,
    /// The ticket's handler.
    Agent,
}

#[cfg(test)]
mod tests {
    use utoipa::PartialSchema;

    use super::*;

    #[test]
    fn values_have_the_same_names_here_and_in_the_domain() {
        let all = [
            Status::names(),
            Priority::names(),
            Category::names(),
            AgentStatus::names(),
            SenderType::names(),
            Role::names(),
            Channel::names(),
            Action::names(),
            ChainProblem::names(),
            NotificationKind::names(),
        ];
        for (here, domain) in all.into_iter().flatten() {
            assert_eq!(here, domain);
        }
    }

    #[test]
    fn the_document_names_them_as_they_are_written() {
        let named = |schema: utoipa::openapi::RefOr<utoipa::openapi::Schema>| {
            serde_json::to_value(schema).expect("JSON")["enum"].clone()
        };
        assert_eq!(named(Channel::schema()), serde_json::json!(["in-app", "email", "webhook"]));
        assert_eq!(named(NotificationKind::schema())[4], "manual");
        assert_eq!(named(Action::schema())[0], "ticket_created");
    }
}
