//! Agents.
#![cfg_attr(
    any(test, feature = "mock"),
    expect(clippy::ref_option_ref, reason = "what mockall makes of an optional reference")
)]

use crate::entity::Agent;
use crate::id::AgentId;
use crate::port::StoreResult;
use crate::value::DepartmentName;

/// Keeps agents.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait AgentRepository {
    /// The agent with this id.
    fn find(&mut self, id: AgentId) -> StoreResult<Option<Agent>>;

    /// The agents with these ids that exist, kept from others until the transaction ends, locked in the order
    /// of their ids.
    fn lock(&mut self, ids: &[AgentId]) -> StoreResult<Vec<Agent>>;

    /// All candidates for assignment (available, with room) of `department`, or of every department, and
    /// besides them the agents `also`; locked as by [`AgentRepository::lock`].
    #[cfg_attr(any(test, feature = "mock"), mockall::concretize)]
    fn lock_candidates(
        &mut self,
        department: Option<&DepartmentName>,
        also: &[AgentId],
    ) -> StoreResult<Vec<Agent>>;

    /// Every agent, by name and id.
    fn list(&mut self) -> StoreResult<Vec<Agent>>;

    /// Adds an agent, whose user exists. [`crate::error::StoreError::Conflict`] on `email` if another agent
    /// has the address.
    fn insert(&mut self, agent: &Agent) -> StoreResult<()>;

    /// Stores an agent that was locked before.
    fn save(&mut self, agent: &Agent) -> StoreResult<()>;
}
