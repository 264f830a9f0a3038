//! The kinds of problems: status, stable name and title of each.

use support_domain::error::RuleViolation;

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
    /// A right password where a code is missing.
    SECOND_FACTOR_REQUIRED = 401 "second_factor_required" "Second factor required";
    /// A refresh token that does not hold.
    INVALID_SESSION = 401 "invalid_session" "Invalid session";
    /// The role may not do this.
    FORBIDDEN = 403 "forbidden" "Forbidden";
    /// A wrong password of somebody who is logged in.
    WRONG_PASSWORD = 403 "wrong_password" "Wrong password";
    /// A wrong code of somebody who is logged in.
    WRONG_CODE = 403 "wrong_code" "Wrong code";
    /// Whoever signed in with a provider is no member of staff.
    UNKNOWN_IDENTITY = 403 "unknown_identity" "Unknown identity";
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
    /// A second factor where there is one.
    SECOND_FACTOR_ACTIVE = 409 "second_factor_active" "Second factor active";
    /// No second factor where one is needed.
    NO_SECOND_FACTOR = 409 "no_second_factor" "No second factor";
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
            RuleViolation::IdempotencyKeyReused => (422, "idempotency_key_reused", "Idempotency key reused"),
        };
        Self { status, code, title }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart_by_their_status() {
        let mut codes: Vec<&str> = Kind::ALL.iter().map(|kind| kind.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Kind::ALL.len());
    }
}
