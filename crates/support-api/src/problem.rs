//! Failures as problem documents (RFC 9457), over HTTP and over sockets alike.

use serde::{Deserialize, Serialize};
use support_domain::error::{Entity, Error, RuleViolation, StoreError, Violation};
use support_domain::rules::transition;
use utoipa::ToSchema;

use crate::choice::Status;
use crate::names;

/// A kind of problem: what stays the same each time it occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The HTTP status.
    pub status: u16,
    /// The stable name, in `snake_case`.
    pub code: &'static str,
    /// What it is, for people.
    pub title: &'static str,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $status:literal $code:literal $title:literal;)+) => {
        impl Kind {
            $($(#[$doc])* pub const $name: Self = Self { status: $status, code: $code, title: $title };)+

            /// Every kind but the refusals of the rules, which [`Kind::of_refusal`] knows.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
        }
    };
}

kinds! {
    /// Not the form that HTTP or JSON asks for.
    MALFORMED = 400 "malformed_request" "Malformed request";
    /// The end of a sign-in that was not begun in this browser, or too long ago.
    SIGN_IN_EXPIRED = 400 "sign_in_expired" "Sign-in expired";
    /// An event that no socket takes.
    UNKNOWN_EVENT = 400 "unknown_event" "Unknown event";
    /// No token where one is needed.
    UNAUTHENTICATED = 401 "unauthenticated" "Authentication required";
    /// A token that does not hold.
    INVALID_TOKEN = 401 "invalid_token" "Invalid access token";
    /// A token whose time is over.
    EXPIRED_TOKEN = 401 "expired_token" "Expired access token";
    /// A wrong address or password.
    INVALID_CREDENTIALS = 401 "invalid_credentials" "Invalid credentials";
    /// A wrong code of the second factor.
    INVALID_CODE = 401 "invalid_code" "Invalid code";
    /// A refresh token that does not hold.
    INVALID_SESSION = 401 "invalid_session" "Invalid session";
    /// The role may not do this.
    FORBIDDEN = 403 "forbidden" "Forbidden";
    /// A wrong password of somebody who is logged in.
    WRONG_PASSWORD = 403 "wrong_password" "Wrong password";
    /// The identity provider vouches for nobody.
    SIGN_IN_REFUSED = 403 "sign_in_refused" "Sign-in refused";
    /// Absent, or not visible to the caller.
    NOT_FOUND = 404 "not_found" "Not found";
    /// Nobody can sign in with an identity provider here.
    NO_PROVIDER = 404 "no_identity_provider" "No identity provider";
    /// The resource does not know the method.
    METHOD_NOT_ALLOWED = 405 "method_not_allowed" "Method not allowed";
    /// The body did not come in time.
    TIMEOUT = 408 "request_timeout" "Request time-out";
    /// Something else is stored under the same unique value.
    CONFLICT = 409 "conflict" "Conflict";
    /// Only those in the ticket's room may do this.
    NOT_IN_ROOM = 409 "not_in_room" "Not in the room";
    /// One connection is in as many rooms as it may be.
    TOO_MANY_ROOMS = 409 "too_many_rooms" "Too many rooms";
    /// More messages were missed than one answer holds.
    TOO_FAR_BEHIND = 409 "too_far_behind" "Too far behind";
    /// `If-Match` lost.
    VERSION_MISMATCH = 412 "version_mismatch" "Version mismatch";
    /// The body is too large.
    PAYLOAD_TOO_LARGE = 413 "payload_too_large" "Payload too large";
    /// The address is too long.
    URI_TOO_LONG = 414 "uri_too_long" "URI too long";
    /// The body is not of a known type.
    UNSUPPORTED_MEDIA_TYPE = 415 "unsupported_media_type" "Unsupported media type";
    /// Fields or parameters that do not fit.
    VALIDATION = 422 "validation_failed" "Validation failed";
    /// A file whose content does not fit what it begins like.
    ATTACHMENT_REFUSED = 422 "attachment_refused" "Attachment refused";
    /// A file that a scanner found to be harmful.
    ATTACHMENT_INFECTED = 422 "attachment_infected" "Attachment infected";
    /// More requests than one caller may make.
    RATE_LIMITED = 429 "rate_limited" "Rate limited";
    /// A fault of the service.
    INTERNAL = 500 "internal_error" "Internal error";
    /// More work than the service can queue.
    OVERLOADED = 503 "overloaded" "Overloaded";
    /// The database, or another part of the service, cannot be reached.
    UNAVAILABLE = 503 "unavailable" "Unavailable";
    /// The identity provider cannot be reached, or is set up otherwise.
    PROVIDER_UNAVAILABLE = 503 "identity_provider_unavailable" "Identity provider unavailable";
}

impl Kind {
    /// The kind of a rule's refusal: a 409, unless the request itself is at fault.
    #[must_use]
    pub const fn of_refusal(refusal: &RuleViolation) -> Self {
        let (status, code, title) = match refusal {
            RuleViolation::InvalidTransition { .. } => (409, "invalid_transition", "Invalid transition"),
            RuleViolation::AssigneeRequired => (409, "assignee_required", "Assignee required"),
            RuleViolation::EscalationRequired => (409, "escalation_required", "Escalation required"),
            RuleViolation::TicketClosed => (409, "ticket_closed", "Ticket closed"),
            RuleViolation::NoAgentAvailable => (409, "no_agent_available", "No agent available"),
            RuleViolation::AgentAway => (409, "agent_away", "Agent away"),
            RuleViolation::AgentAtCapacity { .. } => (409, "agent_at_capacity", "Agent at capacity"),
            RuleViolation::NoEscalationTarget => (409, "no_escalation_target", "No escalation target"),
            RuleViolation::TierTooLow { .. } => (409, "tier_too_low", "Tier too low"),
            RuleViolation::NoHandler => (409, "no_handler", "No handler"),
            RuleViolation::EmailTaken => (409, "email_taken", "E-mail address taken"),
            RuleViolation::DepartmentNameTaken => (409, "department_name_taken", "Department name taken"),
            RuleViolation::CategoryTaken { .. } => (409, "category_taken", "Category taken"),
            RuleViolation::TooManyUploads { .. } => (409, "too_many_uploads", "Too many uploads"),
            RuleViolation::SecondFactorRequired => (401, "second_factor_required", "Second factor required"),
            RuleViolation::CodeRefused => (403, "wrong_code", "Wrong code"),
            RuleViolation::SecondFactorActive => (409, "second_factor_active", "Second factor active"),
            RuleViolation::NoSecondFactor => (409, "no_second_factor", "No second factor"),
            RuleViolation::UnknownIdentity => (403, "unknown_identity", "Unknown identity"),
            RuleViolation::IdempotencyKeyReused => (422, "idempotency_key_reused", "Idempotency key reused"),
        };
        Self { status, code, title }
    }
}

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
            Error::Unauthenticated(why) => Self::new(Kind::INVALID_SESSION, *why),
            Error::Refused(refusal) => Self::refusal(refusal),
            Error::Invalid(violations) => {
                Self::validation(violations.iter().map(InvalidField::from).collect())
            }
            Error::VersionMismatch { current } => Self {
                current_version: Some(*current),
                ..Self::new(Kind::VERSION_MISMATCH, error.to_string())
            },
            Error::Store(StoreError::Conflict { entity, field }) => {
                Self::new(Kind::CONFLICT, taken(*entity, field))
            }
            Error::Store(StoreError::Unavailable) => {
                Self::new(Kind::UNAVAILABLE, "the database cannot be reached; try again later")
            }
            Error::Store(StoreError::Overloaded) => {
                Self::new(Kind::OVERLOADED, "there is too much to do; try again later")
            }
            Error::Store(StoreError::Corrupt { .. } | StoreError::Internal(_)) => Self::internal(),
        }
    }
}

impl Problem {
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
        Error::Store(StoreError::Conflict { .. }) => None,
        Error::Store(store) => Some(store.to_string()),
        _ => None,
    }
}

fn taken(entity: Entity, field: &str) -> String {
    format!("another {entity} has the same {field}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use support_domain::error::InputField;
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
            (Error::Unauthenticated("no"), 401, "invalid_session"),
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
            (RuleViolation::SecondFactorRequired.into(), 401, "second_factor_required"),
            (RuleViolation::CodeRefused.into(), 403, "wrong_code"),
            (RuleViolation::SecondFactorActive.into(), 409, "second_factor_active"),
            (RuleViolation::UnknownIdentity.into(), 403, "unknown_identity"),
            (RuleViolation::NoSecondFactor.into(), 409, "no_second_factor"),
            (RuleViolation::IdempotencyKeyReused.into(), 422, "idempotency_key_reused"),
        ];
        for (error, status, code) in table {
            let problem = Problem::from(&error);
            assert_eq!((problem.status, problem.code.as_str()), (status, code), "{error:?}");
            assert!(!problem.detail.contains("secret"));
        }
    }

    #[test]
    fn codes_are_told_apart_by_their_status() {
        let mut codes: Vec<&str> = Kind::ALL.iter().map(|kind| kind.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Kind::ALL.len());
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
