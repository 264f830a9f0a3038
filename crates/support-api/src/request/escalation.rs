//! Escalating tickets.

use serde::{Deserialize, Serialize};
use support_domain::command::{self, EscalateTo, TicketKey};
use support_domain::id::AgentId;
use support_domain::value::{DepartmentName, Reason};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::reader::{self, Read, Reader, Request};
use crate::schema;
use crate::text;

/// Gives a ticket to a higher tier: to at most one of an agent, a department and a tier. With none of them,
/// the escalation rule picks.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EscalateTicket {
    /// The ticket.
    #[schema(value_type = schema::TicketKey)]
    pub ticket_id: String,
    /// Why.
    #[schema(value_type = schema::Reason)]
    pub reason: String,
    /// The agent who gets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Uuid)]
    pub agent_id: Option<Uuid>,
    /// The department whose best agent gets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::DepartmentName)]
    pub department: Option<String>,
    /// The tier whose best agent gets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::Tier)]
    pub tier: Option<u8>,
}

impl Request for EscalateTicket {
    type Command = command::EscalateTicket;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        let ticket = body.required("ticketId", reader::ticket_key);
        let escalation = Escalation::read(body);
        Ok(escalation?.of(ticket?))
    }
}

/// Why and to whom a ticket, or each of several, is escalated.
#[derive(Clone, Debug)]
pub struct Escalation {
    reason: Reason,
    to: EscalateTo,
}

impl Escalation {
    pub(super) fn read(body: &mut Reader<'_>) -> Read<Self> {
        let reason = body.required("reason", reader::text(text::parse::<Reason>));
        let agent = body.optional("agentId", reader::id(AgentId::parse));
        let department = body.optional("department", reader::text(text::parse::<DepartmentName>));
        let tier = body.optional("tier", reader::tier);
        let given: Vec<&str> =
            ["agentId", "department", "tier"].into_iter().filter(|name| body.has(name)).collect();
        let further = given.get(1).map(|further| {
            body.refuse::<()>(further, "only one of agentId, department and tier may be given")
        });
        further.unwrap_or(Ok(()))?;
        let to = match (agent?, department?, tier?) {
            (Some(agent), ..) => EscalateTo::Agent(agent),
            (None, Some(department), _) => EscalateTo::Department(department),
            (None, None, Some(tier)) => EscalateTo::Tier(tier),
            (None, None, None) => EscalateTo::Next,
        };
        Ok(Self { reason: reason?, to })
    }

    /// The command for one ticket.
    #[must_use]
    pub fn of(&self, ticket: TicketKey) -> command::EscalateTicket {
        command::EscalateTicket { ticket, reason: self.reason.clone(), to: self.to.clone() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn at_most_one_target_may_be_named() {
        let read = |body| reader::read::<EscalateTicket>(&body);
        let both = read(json!({"ticketId": "TKT-2026-001", "reason": "x", "tier": 2, "department": "Fraud"}));
        let violations = both.expect_err("two targets");
        assert_eq!(violations.len(), 1);
        assert_eq!(violations.first().map(|v| v.pointer.as_str()), Some("/tier"));
        let none = read(json!({"ticketId": "TKT-2026-001", "reason": "x"})).expect("fits");
        assert!(matches!(none.to, EscalateTo::Next));
        let tier = read(json!({"ticketId": "TKT-2026-001", "reason": "x", "tier": 3})).expect("fits");
        assert!(matches!(tier.to, EscalateTo::Tier(tier) if tier.get() == 3));
    }
}
