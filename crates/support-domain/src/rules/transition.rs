//! The state machine of a ticket: seven transitions and no other.

use crate::error::RuleViolation;
use crate::value::{Resolution, Status};

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

/// A status that is asked for by itself. Which of them a ticket can take is the state machine's to say
/// ([`direct`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatusChange {
    /// To [`Status::Open`].
    Open,
    /// To [`Status::InProgress`].
    InProgress,
    /// To [`Status::Escalated`].
    Escalated,
    /// To [`Status::Resolved`], in this way.
    Resolved(Resolution),
    /// To [`Status::Closed`].
    Closed,
}

impl StatusChange {
    /// The status that is asked for.
    #[must_use]
    pub const fn to(&self) -> Status {
        match self {
            Self::Open => Status::Open,
            Self::InProgress => Status::InProgress,
            Self::Escalated => Status::Escalated,
            Self::Resolved(_) => Status::Resolved,
            Self::Closed => Status::Closed,
        }
    }
}

/// What becomes of a ticket that changes its status by itself, without an assignment or an escalation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectTransition<'a> {
    /// It is resolved, in this way.
    Resolve(&'a Resolution),
    /// It is closed for good.
    Close,
    /// It goes back to its handler, who had resolved it.
    Reopen,
    /// Its handler, to whom it was escalated, goes on with it.
    Resume,
}

/// What a change of status means for a ticket in `from`.
///
/// # Errors
/// [`RuleViolation::AssigneeRequired`] and [`RuleViolation::EscalationRequired`] for the two transitions that
/// need an agent, [`RuleViolation::InvalidTransition`] for what is no transition.
pub fn direct(from: Status, change: &StatusChange) -> Result<DirectTransition<'_>, RuleViolation> {
    match (from, change) {
        (Status::InProgress | Status::Escalated, StatusChange::Resolved(resolution)) => {
            Ok(DirectTransition::Resolve(resolution))
        }
        (Status::Resolved, StatusChange::Closed) => Ok(DirectTransition::Close),
        (Status::Resolved, StatusChange::InProgress) => Ok(DirectTransition::Reopen),
        (Status::Escalated, StatusChange::InProgress) => Ok(DirectTransition::Resume),
        (Status::Open, StatusChange::InProgress) => Err(RuleViolation::AssigneeRequired),
        (Status::InProgress, StatusChange::Escalated) => Err(RuleViolation::EscalationRequired),
        (from, change) => Err(RuleViolation::InvalidTransition { from, to: change.to() }),
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
        assert_eq!(direct(Status::Open, &StatusChange::InProgress), Err(RuleViolation::AssigneeRequired));
        assert_eq!(
            direct(Status::InProgress, &StatusChange::Escalated),
            Err(RuleViolation::EscalationRequired)
        );
        assert_eq!(
            direct(Status::Resolved, &StatusChange::Escalated),
            Err(RuleViolation::InvalidTransition { from: Status::Resolved, to: Status::Escalated })
        );
        assert_eq!(direct(Status::Escalated, &StatusChange::InProgress), Ok(DirectTransition::Resume));
    }

    #[test]
    fn a_change_of_status_obeys_the_state_machine() {
        let changes = [
            StatusChange::Open,
            StatusChange::InProgress,
            StatusChange::Escalated,
            StatusChange::Resolved(Resolution::known("Done")),
            StatusChange::Closed,
        ];
        for from in Status::ALL {
            for change in &changes {
                let needs_an_agent =
                    [Err(RuleViolation::AssigneeRequired), Err(RuleViolation::EscalationRequired)];
                let possible = direct(*from, change);
                let exists = possible.is_ok() || needs_an_agent.contains(&possible);
                assert_eq!(exists, check(*from, change.to()).is_ok(), "{from} to {}", change.to());
            }
        }
    }
}
