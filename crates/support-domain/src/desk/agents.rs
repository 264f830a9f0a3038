//! Commands and questions about agents and departments.
//!
//! Every method fails with [`Error::Store`] when the store does, [`Error::NotFound`] for what is absent, and
//! [`Error::Forbidden`] for what the actor's role may not do; further errors are named where they apply.
#![expect(clippy::missing_errors_doc, reason = "the errors that all methods share are told above")]

use std::sync::Arc;

use crate::actor::Actor;
use crate::command::{
    AgentDetail, AgentFilter, CreateAgent, CreateDepartment, DepartmentDetail, UpdateAgent, UpdateDepartment,
};
use crate::desk::Desk;
use crate::desk::directory::Listing;
use crate::entity::{Agent, Department};
use crate::error::Error;
use crate::id::{AgentId, DepartmentId};
use crate::rules::access;
use crate::search;
use crate::usecase::{agents, departments};

impl Desk {
    /// The agents that a filter lets through, by name: at most `limit`, from behind `after`. That one need
    /// not pass the filter; from the first on if there is no such agent.
    pub async fn agents(
        &self,
        actor: &Actor,
        filter: &AgentFilter,
        after: Option<AgentId>,
        limit: u32,
    ) -> Result<Vec<Agent>, Error> {
        access::staff(actor)?;
        let listing = self.listing(actor).await?;
        let rest = behind(&listing.agents, |agent| Some(agent.id) == after);
        Ok(rest.iter().filter(|agent| matches(filter, agent)).take(limit as usize).cloned().collect())
    }

    /// An agent with their current tickets and performance; agents may look at their own only.
    pub async fn agent(&self, actor: &Actor, id: AgentId) -> Result<AgentDetail, Error> {
        self.read(actor, move |work| agents::detail(work, id)).await
    }

    /// Adds an agent. [`Error::Invalid`] for an unknown department,
    /// [`crate::error::RuleViolation::EmailTaken`].
    pub async fn create_agent(&self, actor: &Actor, command: CreateAgent) -> Result<Agent, Error> {
        self.write(actor, move |work| agents::create(work, &command)).await
    }

    /// Changes an agent; agents may set their own availability only. [`Error::Invalid`] for an unknown
    /// department.
    pub async fn update_agent(
        &self,
        actor: &Actor,
        id: AgentId,
        command: UpdateAgent,
    ) -> Result<Agent, Error> {
        self.write(actor, move |work| agents::update(work, id, &command)).await
    }

    /// The departments by name: at most `limit`, from behind `after`, or from the first on if there is no
    /// such department.
    pub async fn departments(
        &self,
        actor: &Actor,
        after: Option<DepartmentId>,
        limit: u32,
    ) -> Result<Vec<Department>, Error> {
        access::staff(actor)?;
        let listing = self.listing(actor).await?;
        let rest = behind(&listing.departments, |department| Some(department.id) == after);
        Ok(rest.iter().take(limit as usize).cloned().collect())
    }

    /// A department with its agents and the distribution of its tickets.
    pub async fn department(&self, actor: &Actor, id: DepartmentId) -> Result<DepartmentDetail, Error> {
        self.read(actor, move |work| departments::detail(work, id)).await
    }

    /// Adds a department. [`crate::error::RuleViolation::DepartmentNameTaken`],
    /// [`crate::error::RuleViolation::CategoryTaken`].
    pub async fn create_department(
        &self,
        actor: &Actor,
        command: CreateDepartment,
    ) -> Result<Department, Error> {
        self.write(actor, move |work| departments::create(work, &command)).await
    }

    /// Changes a department; a new name is taken over by its agents and tickets. Errors as for
    /// [`Desk::create_department`].
    pub async fn update_department(
        &self,
        actor: &Actor,
        id: DepartmentId,
        command: UpdateDepartment,
    ) -> Result<Department, Error> {
        self.write(actor, move |work| departments::update(work, id, &command)).await
    }

    async fn listing(&self, actor: &Actor) -> Result<Arc<Listing>, Error> {
        let (cached, generation) = self.directory.get();
        if let Some(listing) = cached {
            return Ok(listing);
        }
        let read = self.read(actor, |work| {
            Ok(Listing { agents: work.tx.agents().list()?, departments: work.tx.departments().list()? })
        });
        Ok(self.directory.put(read.await?, generation))
    }
}

/// What follows the item that is meant; all if none is.
fn behind<T>(list: &[T], is_meant: impl Fn(&T) -> bool) -> &[T] {
    let start = list.iter().position(is_meant).map_or(0, |at| at + 1);
    list.get(start..).unwrap_or_default()
}

fn matches(filter: &AgentFilter, agent: &Agent) -> bool {
    fn any<T: PartialEq>(list: &[T], value: &T) -> bool {
        list.is_empty() || list.contains(value)
    }
    let words = || {
        let mut words = search::words(agent.name.as_str());
        words.extend(search::words(agent.email.as_str()));
        words
    };
    any(&filter.department, &agent.department)
        && any(&filter.status, &agent.status)
        && any(&filter.tier, &agent.tier)
        && (filter.words.is_empty() || {
            let words = words();
            filter.words.iter().all(|prefix| words.iter().any(|word| word.starts_with(prefix.as_str())))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_goes_on_behind_an_item_or_begins_anew() {
        let list = [5, 3, 9, 1];
        assert_eq!(behind(&list, |item| *item == 3), [9, 1]);
        assert_eq!(behind(&list, |item| *item == 1), []);
        assert_eq!(behind(&list, |_| false), list);
    }
}
