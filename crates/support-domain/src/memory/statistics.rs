//! Figures.

use crate::entity::{Performance, Statistics, Ticket};
use crate::id::AgentId;
use crate::memory::state::State;
use crate::port::{StatisticsFilter, StatisticsRepository, StoreResult};
use crate::rules::statistics;
use crate::value::{DepartmentName, Status};

impl StatisticsRepository for State {
    fn statistics(&mut self, filter: &StatisticsFilter) -> StoreResult<Statistics> {
        let mut statistics = Statistics::of(self.tickets.values().filter(|ticket| filter.includes(ticket)));
        for figures in &mut statistics.agents {
            if let Some(agent) = self.agents.get(&figures.agent_id) {
                figures.name = agent.name.clone();
            }
        }
        Ok(statistics)
    }

    fn performance(&mut self, agent: AgentId) -> StoreResult<Performance> {
        let handled = |ticket: &&Ticket| ticket.handler().is_some_and(|handler| handler.id == agent);
        Ok(Performance::of(self.tickets.values().filter(handled)))
    }

    fn distribution(&mut self, department: &DepartmentName) -> StoreResult<Vec<(Status, u64)>> {
        let belongs = |ticket: &&Ticket| ticket.department.as_ref() == Some(department);
        Ok(statistics::distribution(self.tickets.values().filter(belongs)))
    }
}
