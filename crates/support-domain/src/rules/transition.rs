//! The state machine of a ticket: seven transitions and no other.

use crate::error::RuleViolation;
use crate::value::Status;

/// The statuses that a ticket in `from` can become.
#[must_use]
pub const fn allowed(from: Status) -> &'static [Status] {
    match from {
        Status::Open => &[Status::InProgress],
        Status::InProgress => &[Status::Resolved, Status::Escalated],
        Status::Escalated => &[Status::InProgress, Status::Resolved],
        Status::Resolved => &[Status::Closed, Status::InProgress],
        Status::Closed => &[],
    }
}

/// Checks that `from` can become `to`.
///
/// # Errors
/// [`RuleViolation::InvalidTransition`] if it cannot.
pub fn check(from: Status, to: Status) -> Result<(), RuleViolation> {
    if allowed(from).contains(&to) { Ok(()) } else { Err(RuleViolation::InvalidTransition { from, to }) }
}

/// Checks a status that is asked for by itself, without an assignment or an escalation.
///
/// # Errors
/// [`RuleViolation::AssigneeRequired`] and [`RuleViolation::EscalationRequired`] for the two transitions that
/// need an agent, [`RuleViolation::InvalidTransition`] for what is no transition.
pub fn check_direct(from: Status, to: Status) -> Result<(), RuleViolation> {
    check(from, to)?;
    match (from, to) {
        (Status::Open, Status::InProgress) => Err(RuleViolation::AssigneeRequired),
        (Status::InProgress, Status::Escalated) => Err(RuleViolation::EscalationRequired),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_seven_transitions_exist() {
        let pairs: Vec<_> = Status::ALL
            .iter()
            .flat_map(|from| Status::ALL.iter().map(move |to| (*from, *to)))
            .filter(|(from, to)| check(*from, *to).is_ok())
            .collect();
        assert_eq!(
            pairs,
            [
                (Status::Open, Status::InProgress),
                (Status::InProgress, Status::Escalated),
                (Status::InProgress, Status::Resolved),
                (Status::Escalated, Status::InProgress),
                (Status::Escalated, Status::Resolved),
                (Status::Resolved, Status::InProgress),
                (Status::Resolved, Status::Closed),
            ]
        );
    }

    #[test]
    fn work_begins_by_assigning_and_rises_by_escalating() {
        assert_eq!(check_direct(Status::Open, Status::InProgress), Err(RuleViolation::AssigneeRequired));
        assert_eq!(
            check_direct(Status::InProgress, Status::Escalated),
            Err(RuleViolation::EscalationRequired)
        );
        assert_eq!(
            check_direct(Status::Resolved, Status::Escalated),
            Err(RuleViolation::InvalidTransition { from: Status::Resolved, to: Status::Escalated })
        );
        assert_eq!(check_direct(Status::Escalated, Status::InProgress), Ok(()));
    }
}
