//! Figures (`docs/specification.md`, section 4.5).

use crate::id::AgentId;
use crate::value::{Category, DepartmentName, PersonName, Priority, Status};

/// How long something took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Durations {
    /// How many were measured.
    pub count: u64,
    /// Their mean in seconds; `None` when there is none.
    pub mean_seconds: Option<f64>,
    /// The 50th percentile in seconds, by nearest rank.
    pub p50_seconds: Option<f64>,
    /// The 90th percentile in seconds, by nearest rank.
    pub p90_seconds: Option<f64>,
}

impl Durations {
    /// Measures `seconds`. The p-th percentile of n values is the ⌈p·n⌉-th smallest (nearest rank).
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of tickets are far below 2^52")]
    pub fn of(mut seconds: Vec<f64>) -> Self {
        seconds.sort_by(f64::total_cmp);
        let count = seconds.len();
        let rank = |percent: usize| seconds.get((count * percent).div_ceil(100).saturating_sub(1)).copied();
        Self {
            count: count as u64,
            mean_seconds: (count > 0).then(|| seconds.iter().sum::<f64>() / count as f64),
            p50_seconds: rank(50),
            p90_seconds: rank(90),
        }
    }
}

/// Tickets created and resolved on one day (UTC).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DailyCount {
    /// The day, as `2026-11-24`.
    pub date: String,
    /// Tickets created that day.
    pub created: u64,
    /// Tickets resolved that day, and not reopened since.
    pub resolved: u64,
}

/// What an agent has done.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Performance {
    /// Tickets they handled to the end: resolved or closed.
    pub handled: u64,
    /// Tickets they handle now: in progress or escalated.
    pub open: u64,
    /// Mean time from creation to resolution in seconds.
    pub mean_resolution_seconds: Option<f64>,
}

/// An agent's line in the statistics.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentFigures {
    /// The agent.
    pub agent_id: AgentId,
    /// Their name.
    pub name: PersonName,
    /// What they have done.
    pub performance: Performance,
}

/// A department's line in the statistics.
#[derive(Clone, Debug, PartialEq)]
pub struct DepartmentFigures {
    /// The department; `None` for tickets without one.
    pub department: Option<DepartmentName>,
    /// Its tickets.
    pub total: u64,
    /// Those resolved or closed.
    pub resolved: u64,
}

/// Figures over the tickets created in a period.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statistics {
    /// All tickets.
    pub total: u64,
    /// Tickets by status; every status is listed.
    pub by_status: Vec<(Status, u64)>,
    /// Tickets by priority; every priority is listed.
    pub by_priority: Vec<(Priority, u64)>,
    /// Tickets by category; every category is listed.
    pub by_category: Vec<(Category, u64)>,
    /// Days on which something happened, ascending.
    pub daily: Vec<DailyCount>,
    /// From creation to the first message of staff.
    pub first_response: Durations,
    /// From creation to resolution.
    pub resolution: Durations,
    /// Agents who are the handler of one of the tickets, by id.
    pub agents: Vec<AgentFigures>,
    /// Departments that have one of the tickets, by name; first the line of tickets without one, if there
    /// are any.
    pub departments: Vec<DepartmentFigures>,
}
