//! `SupportAgent` (`docs/specification.md`, section 2.2) and the workload rules.

use std::ops::Deref;

use crate::id::AgentId;
use crate::time::Timestamp;
use crate::value::{AgentStatus, DepartmentName, EmailAddress, PersonName, Phone};

/// The capacity of an agent for whom none was given, in tickets.
pub const DEFAULT_CAPACITY: u32 = 10;
/// The largest capacity, in tickets.
pub const MAX_CAPACITY: u32 = 1_000;

/// A level of the escalation hierarchy: 1, 2 or 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tier(u8);

impl Tier {
    /// Entry level.
    pub const FIRST: Self = Self(1);

    /// Takes 1, 2 or 3; `None` for any other number.
    #[must_use]
    pub fn new(tier: i64) -> Option<Self> {
        u8::try_from(tier).ok().filter(|tier| (1..=3).contains(tier)).map(Self)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// All that is stored of an agent. Read it through [`Agent`], which keeps the workload rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentRecord {
    /// Their id, which is their user's id as well.
    pub id: AgentId,
    /// Their name.
    pub name: PersonName,
    /// Their e-mail address, unique among agents.
    pub email: EmailAddress,
    /// Their telephone number, if known.
    pub phone: Option<Phone>,
    /// The department they belong to.
    pub department: DepartmentName,
    /// Their level in the hierarchy.
    pub tier: Tier,
    /// Tickets in progress or escalated that they handle.
    pub active_tickets: u32,
    /// Whether they take new tickets.
    pub status: AgentStatus,
    /// Whether it was the desk that turned them busy, so that it may turn them available again.
    pub busy_by_load: bool,
    /// How many tickets they take before they turn busy.
    pub capacity: u32,
    /// When they last got a ticket.
    pub last_assigned_at: Option<Timestamp>,
    /// When they joined the desk.
    pub created_at: Timestamp,
}

/// An agent. At capacity an available agent turns busy; below it again, one who was turned busy turns
/// available; `away` is only ever set by a person (`docs/contract.md`, section 3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent(AgentRecord);

impl Deref for Agent {
    type Target = AgentRecord;

    fn deref(&self) -> &AgentRecord {
        &self.0
    }
}

/// A stored agent whose status contradicts their workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the status of an agent contradicts their workload")]
pub struct InconsistentAgent;

impl Agent {
    /// Takes a new agent and applies the workload rules.
    #[must_use]
    pub fn join(record: AgentRecord) -> Self {
        Self(record).with_load_applied()
    }

    /// Takes a stored agent back.
    ///
    /// # Errors
    /// [`InconsistentAgent`] when the status contradicts the workload.
    pub fn restore(record: AgentRecord) -> Result<Self, InconsistentAgent> {
        let agent = Self(record);
        if agent.clone().with_load_applied() == agent { Ok(agent) } else { Err(InconsistentAgent) }
    }

    /// Whether the assignment rule may pick them.
    #[must_use]
    pub fn is_candidate(&self) -> bool {
        self.0.status == AgentStatus::Available && self.has_room()
    }

    /// Whether they have fewer tickets than they take.
    #[must_use]
    pub const fn has_room(&self) -> bool {
        self.0.active_tickets < self.0.capacity
    }

    /// Counts a ticket they got by assignment or escalation.
    #[must_use]
    pub fn ticket_assigned(mut self, now: Timestamp) -> Self {
        self.0.active_tickets += 1;
        self.0.last_assigned_at = Some(now);
        self.with_load_applied()
    }

    /// Counts a ticket that came back to them by reopening.
    #[must_use]
    pub fn ticket_reopened(mut self) -> Self {
        self.0.active_tickets += 1;
        self.with_load_applied()
    }

    /// Counts a ticket they no longer handle.
    #[must_use]
    pub fn ticket_released(mut self) -> Self {
        self.0.active_tickets = self.0.active_tickets.saturating_sub(1);
        self.with_load_applied()
    }

    /// Sets the availability that a person asked for.
    #[must_use]
    pub fn with_status(mut self, status: AgentStatus) -> Self {
        self.0.status = status;
        self.0.busy_by_load = false;
        self.with_load_applied()
    }

    /// Sets how many tickets they take.
    #[must_use]
    pub fn with_capacity(mut self, capacity: u32) -> Self {
        self.0.capacity = capacity;
        self.with_load_applied()
    }

    /// Sets what does not bear on the workload.
    #[must_use]
    pub fn with_profile(
        mut self,
        name: PersonName,
        phone: Option<Phone>,
        department: DepartmentName,
        tier: Tier,
    ) -> Self {
        self.0.name = name;
        self.0.phone = phone;
        self.0.department = department;
        self.0.tier = tier;
        self
    }

    /// Applies the workload rules.
    fn with_load_applied(mut self) -> Self {
        match self.0.status {
            AgentStatus::Available if !self.has_room() => {
                self.0.status = AgentStatus::Busy;
                self.0.busy_by_load = true;
            }
            AgentStatus::Busy if self.0.busy_by_load && self.has_room() => {
                self.0.status = AgentStatus::Available;
                self.0.busy_by_load = false;
            }
            _ => {}
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn load_turns_an_agent_busy_and_available_again() {
        let agent = fixture::agent(1).with_capacity(1);
        let busy = agent.ticket_assigned(Timestamp::EPOCH);
        assert_eq!((busy.status, busy.is_candidate()), (AgentStatus::Busy, false));
        assert_eq!(busy.ticket_released().status, AgentStatus::Available);
    }

    #[test]
    fn what_a_person_set_stays() {
        let busy = fixture::agent(1).with_status(AgentStatus::Busy);
        assert_eq!(busy.ticket_assigned(Timestamp::EPOCH).ticket_released().status, AgentStatus::Busy);
        let away = fixture::agent(1)
            .with_capacity(1)
            .ticket_assigned(Timestamp::EPOCH)
            .with_status(AgentStatus::Away);
        assert_eq!(away.clone().ticket_released().status, AgentStatus::Away);
        assert_eq!(away.with_status(AgentStatus::Available).status, AgentStatus::Busy, "still at capacity");
    }
}
