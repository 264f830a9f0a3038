//! Failures as problem documents (RFC 9457), over HTTP and over sockets alike.

use serde::{Deserialize, Serialize};
use support_domain::error::{Error, RuleViolation, StoreError, Violation};
use support_domain::rules::transition;
use utoipa::ToSchema;

use crate::choice::Status;
use crate::names;

pub use crate::problem_kind::Kind;

/// A problem document (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The kind of problem: `urn:support:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// What kind it is, for people.
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What is the matter this time, for people.
    pub detail: String,
    /// The kind's stable name, for programs.
    pub code: String,
    /// The `X-Request-Id` of the response, by which the log is searched.
    #[serde(default)]
    pub request_id: String,
    /// What does not fit, for `validation_failed`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<InvalidField>,
    /// The ticket's status, for `invalid_transition`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub from: Option<Status>,
    /// The status that was asked for, for `invalid_transition`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub to: Option<Status>,
    /// The statuses that the ticket can become, for `invalid_transition`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub allowed: Option<Vec<Status>>,
    /// The version that the ticket is at, for `version_mismatch`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub current_version: Option<i64>,
}

/// A value that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvalidField {
    /// Where: a JSON pointer (RFC 6901) into the body, or a slash and the name of a query parameter.
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

impl From<&Violation> for InvalidField {
    fn from(violation: &Violation) -> Self {
        Self { pointer: names::pointer(violation.field), detail: violation.detail.clone() }
    }
}

impl Problem {
    /// A problem of some kind. The request's id is still to be filled in.
    #[must_use]
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:support:problem:{}", kind.code),
            title: kind.title.to_owned(),
            status: kind.status,
            detail: detail.into(),
            code: kind.code.to_owned(),
            request_id: String::new(),
            errors: Vec::new(),
            from: None,
            to: None,
            allowed: None,
            current_version: None,
        }
    }

    /// Fields or parameters that do not fit.
    #[must_use]
    pub fn validation(errors: Vec<InvalidField>) -> Self {
        let detail = match errors.len() {
            1 => "1 value does not fit".to_owned(),
            count => format!("{count} values do not fit"),
        };
        Self { errors, ..Self::new(Kind::VALIDATION, detail) }
    }

    fn refusal(refusal: &RuleViolation) -> Self {
        let problem = Self::new(Kind::of_refusal(refusal), refusal.to_string());
        match refusal {
            RuleViolation::InvalidTransition { from, to } => Self {
                from: Some((*from).into()),
                to: Some((*to).into()),
                allowed: Some(transition::allowed(*from).iter().map(|status| (*status).into()).collect()),
                ..problem
            },
            _ => problem,
        }
    }
}

/// The one table from the domain's errors to problems. What a fault was is for the log, so it is not told
/// here.
impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        match error {
            Error::NotFound(entity) => Self::new(Kind::NOT_FOUND, format!("no such {entity}")),
            Error::Forbidden(why) => Self::new(Kind::FORBIDDEN, *why),
            Error::Refused(refusal) => Self::refusal(refusal),
            Error::Invalid(violations) => {
                Self::validation(violations.iter().map(InvalidField::from).collect())
            }
            Error::VersionMismatch { current } => Self {
                current_version: Some(*current),
                ..Self::new(Kind::VERSION_MISMATCH, error.to_string())
            },
            Error::Store(error) => Self::from(error),
        }
    }
}

/// What a failure of the store is to callers.
impl From<&StoreError> for Problem {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::Conflict { .. } => Self::new(Kind::CONFLICT, error.to_string()),
            StoreError::Unavailable => {
                Self::new(Kind::UNAVAILABLE, "the database cannot be reached; try again later")
            }
            StoreError::Overloaded => Self::new(Kind::OVERLOADED, "there is too much to do; try again later"),
            StoreError::Corrupt { .. } | StoreError::Internal(_) => Self::internal(),
        }
    }
}

impl Problem {
    /// More requests than the caller may make, until `seconds` have passed.
    #[must_use]
    pub fn rate_limited(seconds: u64) -> Self {
        let unit = if seconds == 1 { "second" } else { "seconds" };
        Self::new(Kind::RATE_LIMITED, format!("too many requests; try again in {seconds} {unit}"))
    }

    /// A fault of the service.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            Kind::INTERNAL,
            "the service failed to answer; the request id leads to the cause in its log",
        )
    }
}

/// What the log is to know of an error: the cause of a fault, which its problem does not tell.
#[must_use]
pub fn cause(error: &Error) -> Option<String> {
    match error {
        Error::Store(store) => store_cause(store),
        _ => None,
    }
}

/// What the log is to know of a failure of the store.
pub(crate) fn store_cause(error: &StoreError) -> Option<String> {
    match error {
        StoreError::Conflict { .. } => None,
        _ => Some(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use support_domain::error::{Entity, InputField};
    use support_domain::value::{Category, Status};

    use super::*;

    #[test]
    fn every_error_of_the_domain_has_its_status_and_code() {
        let store = |error: StoreError| Error::Store(error);
        let conflict = StoreError::Conflict { entity: Entity::User, field: "email" };
        let corrupt = StoreError::Corrupt { table: "tickets", column: "tags", row: "7".to_owned() };
        let table = [
            (Error::NotFound(Entity::Ticket), 404, "not_found"),
            (Error::Forbidden("no"), 403, "forbidden"),
            (Error::invalid(InputField::Agent, "no"), 422, "validation_failed"),
            (Error::VersionMismatch { current: 3 }, 412, "version_mismatch"),
            (store(conflict), 409, "conflict"),
            (store(StoreError::Unavailable), 503, "unavailable"),
            (store(StoreError::Overloaded), 503, "overloaded"),
            (store(corrupt), 500, "internal_error"),
            (store(StoreError::Internal("secret".to_owned())), 500, "internal_error"),
            (
                RuleViolation::InvalidTransition { from: Status::Open, to: Status::Closed }.into(),
                409,
                "invalid_transition",
            ),
            (RuleViolation::AssigneeRequired.into(), 409, "assignee_required"),
            (RuleViolation::EscalationRequired.into(), 409, "escalation_required"),
            (RuleViolation::TicketClosed.into(), 409, "ticket_closed"),
            (RuleViolation::NoAgentAvailable.into(), 409, "no_agent_available"),
            (RuleViolation::AgentAway.into(), 409, "agent_away"),
            (RuleViolation::AgentAtCapacity { active: 2, capacity: 2 }.into(), 409, "agent_at_capacity"),
            (RuleViolation::NoEscalationTarget.into(), 409, "no_escalation_target"),
            (RuleViolation::TierTooLow { target: 1, handler: 2 }.into(), 409, "tier_too_low"),
            (RuleViolation::NoHandler.into(), 409, "no_handler"),
            (RuleViolation::EmailTaken.into(), 409, "email_taken"),
            (RuleViolation::DepartmentNameTaken.into(), 409, "department_name_taken"),
            (RuleViolation::CategoryTaken { category: Category::Loan }.into(), 409, "category_taken"),
            (RuleViolation::TooManyUploads { most: 2 }.into(), 409, "too_many_uploads"),
            (RuleViolation::IdempotencyKeyReused.into(), 422, "idempotency_key_reused"),
        ];
        for (error, status, code) in table {
            let problem = Problem::from(&error);
            assert_eq!((problem.status, problem.code.as_str()), (status, code), "{error:?}");
            assert!(!problem.detail.contains("secret"));
        }
    }

    #[test]
    fn problems_carry_what_programs_need() {
        let transition =
            Error::from(RuleViolation::InvalidTransition { from: Status::Open, to: Status::Closed });
        let problem = serde_json::to_value(Problem::from(&transition)).expect("JSON");
        assert_eq!(
            problem,
            json!({
                "type": "urn:support:problem:invalid_transition",
                "title": "Invalid transition",
                "status": 409,
                "detail": "a ticket that is open cannot become closed",
                "code": "invalid_transition",
                "requestId": "",
                "from": "open",
                "to": "closed",
                "allowed": ["in-progress"],
            })
        );
        assert_eq!(Problem::from(&Error::VersionMismatch { current: 3 }).current_version, Some(3));
        let invalid = Problem::from(&Error::invalid(InputField::Attachment(2), "no such attachment"));
        assert_eq!(invalid.errors.first().map(|error| error.pointer.as_str()), Some("/attachments/2"));
    }
}
