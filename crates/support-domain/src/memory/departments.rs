//! Departments.

use crate::entity::{Agent, AgentRecord, Department, Ticket, TicketRecord};
use crate::error::{Entity, StoreError};
use crate::id::DepartmentId;
use crate::memory::state::State;
use crate::port::{DepartmentRepository, StoreResult};
use crate::value::DepartmentName;

impl DepartmentRepository for State {
    fn lock(&mut self, id: DepartmentId) -> StoreResult<Option<Department>> {
        Ok(self.departments.get(&id).map(|department| self.counted(department)))
    }

    fn list(&mut self) -> StoreResult<Vec<Department>> {
        let mut departments: Vec<Department> = self.departments.values().map(|d| self.counted(d)).collect();
        departments.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(departments)
    }

    fn insert(&mut self, department: &Department) -> StoreResult<()> {
        if self.departments.contains(&department.id) {
            return Err(StoreError::Conflict { entity: Entity::Department, field: "id" });
        }
        self.check_unique(department)?;
        self.departments.put(department.id, sorted(department));
        Ok(())
    }

    fn save(&mut self, department: &Department) -> StoreResult<()> {
        let Some(old) = self.departments.get(&department.id).map(|old| old.name.clone()) else {
            return Err(StoreError::Internal(format!("department {} was never inserted", department.id)));
        };
        self.check_unique(department)?;
        self.departments.put(department.id, sorted(department));
        if old.as_str() == department.name.as_str() { Ok(()) } else { self.rename(&old, &department.name) }
    }
}

impl State {
    fn counted(&self, department: &Department) -> Department {
        let agents = self.agents.values().filter(|agent| agent.department == department.name).count();
        Department { agent_count: u32::try_from(agents).unwrap_or(u32::MAX), ..department.clone() }
    }

    fn check_unique(&self, department: &Department) -> StoreResult<()> {
        let others = || self.departments.values().filter(|other| other.id != department.id);
        let conflict = |field| Err(StoreError::Conflict { entity: Entity::Department, field });
        if others().any(|other| other.name == department.name) {
            conflict("name")
        } else if others().any(|other| other.categories.iter().any(|c| department.categories.contains(c))) {
            conflict("category")
        } else {
            Ok(())
        }
    }

    fn rename(&mut self, old: &DepartmentName, new: &DepartmentName) -> StoreResult<()> {
        let agents: Vec<Agent> =
            self.agents.values().filter(|agent| agent.department == *old).cloned().collect();
        for agent in agents {
            let renamed = AgentRecord { department: new.clone(), ..(*agent).clone() };
            self.agents.put(agent.id, Agent::restore(renamed).map_err(internal)?);
        }
        let belongs = |ticket: &&Ticket| ticket.department.as_ref() == Some(old);
        let tickets: Vec<Ticket> = self.tickets.values().filter(belongs).cloned().collect();
        for ticket in tickets {
            let renamed = TicketRecord { department: Some(new.clone()), ..ticket.clone().into_record() };
            self.put_ticket(Ticket::restore(renamed).map_err(internal)?);
        }
        Ok(())
    }
}

fn internal(error: impl std::error::Error) -> StoreError {
    StoreError::Internal(error.to_string())
}

/// The department with its categories ascending.
fn sorted(department: &Department) -> Department {
    let mut department = department.clone();
    department.categories.sort_unstable();
    department.categories.dedup();
    department
}
