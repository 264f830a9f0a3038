//! Figures.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use support_domain::entity;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::schema;

/// Figures over the tickets created in a period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Statistics {
    /// All tickets.
    #[schema(value_type = schema::Count)]
    pub total: u64,
    /// Tickets by status.
    #[schema(value_type = BTreeMap<String, schema::Count>)]
    pub by_status: BTreeMap<String, u64>,
    /// Tickets by priority.
    #[schema(value_type = BTreeMap<String, schema::Count>)]
    pub by_priority: BTreeMap<String, u64>,
    /// Tickets by category.
    #[schema(value_type = BTreeMap<String, schema::Count>)]
    pub by_category: BTreeMap<String, u64>,
    /// Tickets by department; those without one stand under the empty name.
    #[schema(value_type = BTreeMap<String, schema::Count>)]
    pub by_department: BTreeMap<String, u64>,
    /// Days on which tickets were created or resolved, ascending.
    pub daily: Vec<DailyCount>,
    /// From creation to the first message of staff.
    pub first_response: Durations,
    /// From creation to resolution.
    pub resolution: Durations,
    /// The agents who handle or handled one of the tickets.
    pub agents: Vec<AgentFigures>,
    /// The departments that have one of the tickets.
    pub departments: Vec<DepartmentFigures>,
}

impl From<&entity::Statistics> for Statistics {
    fn from(statistics: &entity::Statistics) -> Self {
        fn counts<T: ToString>(counts: &[(T, u64)]) -> BTreeMap<String, u64> {
            counts.iter().map(|(name, count)| (name.to_string(), *count)).collect()
        }
        let by_department = statistics.departments.iter().map(|figures| {
            let name = figures.department.as_ref().map(ToString::to_string);
            (name.unwrap_or_default(), figures.total)
        });
        Self {
            total: statistics.total,
            by_status: counts(&statistics.by_status),
            by_priority: counts(&statistics.by_priority),
            by_category: counts(&statistics.by_category),
            by_department: by_department.collect(),
            daily: statistics.daily.iter().map(DailyCount::from).collect(),
            first_response: (&statistics.first_response).into(),
            resolution: (&statistics.resolution).into(),
            agents: statistics.agents.iter().map(AgentFigures::from).collect(),
            departments: statistics.departments.iter().map(DepartmentFigures::from).collect(),
        }
    }
}

/// Tickets created and resolved on one day (UTC).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DailyCount {
    /// The day.
    #[schema(format = Date)]
    pub date: String,
    /// Tickets created that day.
    #[schema(value_type = schema::Count)]
    pub created: u64,
    /// Tickets resolved that day.
    #[schema(value_type = schema::Count)]
    pub resolved: u64,
}

impl From<&entity::DailyCount> for DailyCount {
    fn from(day: &entity::DailyCount) -> Self {
        Self { date: day.date.clone(), created: day.created, resolved: day.resolved }
    }
}

/// How long something took, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Durations {
    /// How many were measured.
    #[schema(value_type = schema::Count)]
    pub count: u64,
    /// Their mean.
    #[schema(required = true)]
    pub mean_seconds: Option<f64>,
    /// The 50th percentile.
    #[schema(required = true)]
    pub p50_seconds: Option<f64>,
    /// The 90th percentile.
    #[schema(required = true)]
    pub p90_seconds: Option<f64>,
}

impl From<&entity::Durations> for Durations {
    fn from(durations: &entity::Durations) -> Self {
        let entity::Durations { count, mean_seconds, p50_seconds, p90_seconds } = *durations;
        Self { count, mean_seconds, p50_seconds, p90_seconds }
    }
}

/// An agent's line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentFigures {
    /// The agent.
    pub agent_id: Uuid,
    /// Their name.
    pub name: String,
    /// Tickets they handled to the end.
    #[schema(value_type = schema::Count)]
    pub handled: u64,
    /// Tickets they handle now.
    #[schema(value_type = schema::Count)]
    pub open: u64,
    /// Mean time from creation to resolution in seconds.
    #[schema(required = true)]
    pub mean_resolution_seconds: Option<f64>,
}

impl From<&entity::AgentFigures> for AgentFigures {
    fn from(figures: &entity::AgentFigures) -> Self {
        Self {
            agent_id: figures.agent_id.uuid(),
            name: figures.name.as_str().to_owned(),
            handled: figures.performance.handled,
            open: figures.performance.open,
            mean_resolution_seconds: figures.performance.mean_resolution_seconds,
        }
    }
}

/// A department's line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DepartmentFigures {
    /// The department; null for tickets without one.
    #[schema(required = true)]
    pub department: Option<String>,
    /// Its tickets.
    #[schema(value_type = schema::Count)]
    pub total: u64,
    /// Those resolved or closed.
    #[schema(value_type = schema::Count)]
    pub resolved: u64,
    /// The share of those, from 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub resolution_rate: f64,
}

impl From<&entity::DepartmentFigures> for DepartmentFigures {
    #[expect(clippy::cast_precision_loss, reason = "counts of tickets are far below 2^52")]
    fn from(figures: &entity::DepartmentFigures) -> Self {
        let rate = if figures.total == 0 { 0.0 } else { figures.resolved as f64 / figures.total as f64 };
        Self {
            department: figures.department.as_ref().map(ToString::to_string),
            total: figures.total,
            resolved: figures.resolved,
            resolution_rate: rate,
        }
    }
}
