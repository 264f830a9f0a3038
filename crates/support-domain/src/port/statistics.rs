//! Figures.

use crate::entity::{Performance, Statistics, Ticket};
use crate::id::AgentId;
use crate::port::StoreResult;
use crate::time::Timestamp;
use crate::value::{DepartmentName, Status};

/// Which tickets are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatisticsFilter {
    /// Created at or after this.
    pub from: Option<Timestamp>,
    /// Created before this.
    pub before: Option<Timestamp>,
    /// Of this department.
    pub department: Option<DepartmentName>,
    /// Handled by this agent ([`crate::entity::Ticket::handler`]).
    pub agent: Option<AgentId>,
}

impl StatisticsFilter {
    /// Whether `ticket` is counted.
    #[must_use]
    pub fn includes(&self, ticket: &Ticket) -> bool {
        self.from.is_none_or(|from| ticket.created_at >= from)
            && self.before.is_none_or(|before| ticket.created_at < before)
            && self.department.as_ref().is_none_or(|name| ticket.department.as_ref() == Some(name))
            && self.agent.is_none_or(|agent| ticket.handler().is_some_and(|handler| handler.id == agent))
    }
}

/// Counts.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait StatisticsRepository {
    /// Figures over the tickets of a period. `daily` lists each day (UTC) on which one of them was created or
    /// resolved.
    fn statistics(&mut self, period: &StatisticsFilter) -> StoreResult<Statistics>;

    /// What `agent` has done with the tickets whose handler they are.
    fn performance(&mut self, agent: AgentId) -> StoreResult<Performance>;

    /// Tickets of `department` by status; every status is listed.
    fn distribution(&mut self, department: &DepartmentName) -> StoreResult<Vec<(Status, u64)>>;
}
