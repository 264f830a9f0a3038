//! Agents.

use std::collections::BTreeSet;

use crate::entity::Agent;
use crate::error::{Entity, StoreError};
use crate::id::AgentId;
use crate::memory::state::State;
use crate::port::{AgentRepository, StoreResult};
use crate::value::DepartmentName;

impl AgentRepository for State {
    fn find(&mut self, id: AgentId) -> StoreResult<Option<Agent>> {
        Ok(self.agents.get(&id).cloned())
    }

    fn lock(&mut self, ids: &[AgentId]) -> StoreResult<Vec<Agent>> {
        let ids: BTreeSet<AgentId> = ids.iter().copied().collect();
        Ok(ids.iter().filter_map(|id| self.agents.get(id)).cloned().collect())
    }

    fn lock_candidates(
        &mut self,
        department: Option<&DepartmentName>,
        also: &[AgentId],
    ) -> StoreResult<Vec<Agent>> {
        let fits =
            |agent: &Agent| agent.is_candidate() && department.is_none_or(|name| *name == agent.department);
        Ok(self.agents.values().filter(|agent| also.contains(&agent.id) || fits(agent)).cloned().collect())
    }

    fn list(&mut self) -> StoreResult<Vec<Agent>> {
        let mut agents: Vec<Agent> = self.agents.values().cloned().collect();
        agents.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
        Ok(agents)
    }

    fn insert(&mut self, agent: &Agent) -> StoreResult<()> {
        if !self.users.contains(&agent.id.into()) {
            return Err(StoreError::Internal(format!("agent {} has no user", agent.id)));
        }
        if self.agents.contains(&agent.id) {
            return Err(StoreError::Conflict { entity: Entity::Agent, field: "id" });
        }
        if self.agents.values().any(|other| other.email == agent.email) {
            return Err(StoreError::Conflict { entity: Entity::Agent, field: "email" });
        }
        self.agents.put(agent.id, agent.clone());
        Ok(())
    }

    fn save(&mut self, agent: &Agent) -> StoreResult<()> {
        if !self.agents.contains(&agent.id) {
            return Err(StoreError::Internal(format!("agent {} was never inserted", agent.id)));
        }
        self.agents.put(agent.id, agent.clone());
        Ok(())
    }
}
