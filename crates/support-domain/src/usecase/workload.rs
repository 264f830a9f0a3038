//! Keeps each agent's workload equal to the tickets they handle.

use crate::entity::{Agent, Ticket};
use crate::error::Error;
use crate::event::Event;
use crate::id::AgentId;
use crate::usecase::UseCaseContext;

impl UseCaseContext<'_> {
    /// Stores an agent who changed from `before`, says so, and leaves a dispatch where room appeared.
    pub(crate) fn save_agent(&mut self, before: &Agent, agent: &Agent) -> Result<(), Error> {
        if before == agent {
            return Ok(());
        }
        self.tx.agents().save(agent)?;
        self.effects.directory_changed = true;
        if (before.status, before.active_tickets) != (agent.status, agent.active_tickets) {
            self.emit(Event::AgentStatusChanged {
                agent_id: agent.id,
                status: agent.status,
                active_tickets: agent.active_tickets,
            });
        }
        let moved = before.department != agent.department;
        let room = |a: &Agent| if a.is_candidate() { a.capacity - a.active_tickets } else { 0 };
        if room(agent) > room(before) || (moved && agent.is_candidate()) {
            self.effects.dispatch.insert(agent.department.clone());
        }
        Ok(())
    }

    /// Takes a ticket off the agent it counted for before, if there is one.
    pub(crate) fn release_handler(&mut self, before: &Ticket) -> Result<(), Error> {
        let Some(id) = before.active_handler() else { return Ok(()) };
        let agent = self.lock_agent(id)?;
        self.save_agent(&agent, &agent.clone().ticket_released())
    }

    /// Gives a reopened ticket back to its handler, over capacity if need be.
    pub(crate) fn return_to_handler(&mut self, after: &Ticket) -> Result<(), Error> {
        let Some(id) = after.active_handler() else { return Ok(()) };
        let agent = self.lock_agent(id)?;
        self.save_agent(&agent, &agent.clone().ticket_reopened())
    }

    /// Moves a ticket from one agent to another; both are locked. Returns the other as they are now.
    pub(crate) fn transfer_load(&mut self, from: Option<&Agent>, to: &Agent) -> Result<Agent, Error> {
        if let Some(from) = from {
            if from.id == to.id {
                return Ok(to.clone());
            }
            self.save_agent(from, &from.clone().ticket_released())?;
        }
        let taken = to.clone().ticket_assigned(self.now);
        self.save_agent(to, &taken)?;
        Ok(taken)
    }

    fn lock_agent(&mut self, id: AgentId) -> Result<Agent, Error> {
        let agents = self.tx.agents().lock(&[id])?;
        Self::expect_agent(&agents, id)
    }
}
