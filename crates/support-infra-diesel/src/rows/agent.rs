//! Agents.

use diesel::prelude::*;
use support_domain::entity::{Agent, AgentRecord, Tier};
use support_domain::id::AgentId;
use support_domain::port::StoreResult;
use support_domain::value::{AgentStatus, DepartmentName, EmailAddress, PersonName, Phone};

use crate::rows::CellRef;
use crate::schema::agents;
use crate::types::{DbId, DbTimestamp};

/// A row of `agents`.
#[derive(Clone, Debug, AsChangeset, Identifiable, Insertable, Queryable, Selectable)]
#[diesel(table_name = agents, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(crate) struct AgentRow {
    pub(crate) id: DbId<AgentId>,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) phone: Option<String>,
    pub(crate) department: String,
    pub(crate) tier: i16,
    pub(crate) active_tickets: i32,
    pub(crate) status: i16,
    pub(crate) busy_by_load: bool,
    pub(crate) capacity: i32,
    pub(crate) last_assigned_at: Option<DbTimestamp>,
    pub(crate) created_at: DbTimestamp,
}

impl AgentRow {
    /// The row of `agent`.
    pub(crate) fn of(agent: &Agent) -> Self {
        Self {
            id: DbId(agent.id),
            name: agent.name.as_str().to_owned(),
            email: agent.email.as_str().to_owned(),
            phone: agent.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            department: agent.department.as_str().to_owned(),
            tier: i16::from(agent.tier.get()),
            active_tickets: i32::try_from(agent.active_tickets).unwrap_or(i32::MAX),
            status: agent.status.rank(),
            busy_by_load: agent.busy_by_load,
            capacity: i32::try_from(agent.capacity).unwrap_or(i32::MAX),
            last_assigned_at: agent.last_assigned_at.map(DbTimestamp),
            created_at: DbTimestamp(agent.created_at),
        }
    }

    /// The agent of this row.
    pub(crate) fn restore(self) -> StoreResult<Agent> {
        let place = CellRef { table: "agents", row: &self.id.0 };
        let phone = self.phone.as_deref().map(Phone::parse).transpose();
        let record = AgentRecord {
            id: self.id.0,
            name: place.parsed("name", PersonName::parse(&self.name))?,
            email: place.parsed("email", EmailAddress::parse(&self.email))?,
            phone: place.parsed("phone", phone)?,
            department: place.parsed("department", DepartmentName::parse(&self.department))?,
            tier: place.known("tier", Tier::new(self.tier.into()))?,
            active_tickets: place.parsed("active_tickets", self.active_tickets.try_into())?,
            status: place.known("status", AgentStatus::from_rank(self.status))?,
            busy_by_load: self.busy_by_load,
            capacity: place.parsed("capacity", self.capacity.try_into())?,
            last_assigned_at: self.last_assigned_at.map(|at| at.0),
            created_at: self.created_at.0,
        };
        Agent::restore(record).map_err(|_| place.damaged("status"))
    }
}
