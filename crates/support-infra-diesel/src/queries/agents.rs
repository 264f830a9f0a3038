//! Agents.

use diesel::prelude::*;
use support_domain::entity::Agent;
use support_domain::error::{Entity, StoreError};
use support_domain::id::AgentId;
use support_domain::port::{AgentRepository, StoreResult};
use support_domain::value::{AgentStatus, DepartmentName};
use tracing::instrument;

use super::super::dialect::locked;
use super::Tx;
use crate::rows::AgentRow;
use crate::schema::{agents, departments};
use crate::types::DbId;

impl AgentRepository for Tx<'_> {
    #[instrument(level = "debug", name = "db.agents.find", skip_all)]
    fn find(&mut self, id: AgentId) -> StoreResult<Option<Agent>> {
        self.settle_agents()?;
        let query = agents::table.find(DbId(id)).select(AgentRow::as_select());
        let row: Option<AgentRow> = self.run(|conn| query.get_result(conn).optional())?;
        Ok(self.restored(row.into_iter().collect())?.pop())
    }

    #[instrument(level = "debug", name = "db.agents.lock", skip_all)]
    fn lock(&mut self, ids: &[AgentId]) -> StoreResult<Vec<Agent>> {
        self.writable()?;
        self.settle_agents()?;
        let rows: Vec<AgentRow> = match ids {
            [] => Vec::new(),
            [id] => {
                let query = locked!(agents::table.find(DbId(*id)).select(AgentRow::as_select()));
                self.run(|conn| query.load(conn))?
            }
            ids => {
                let query = locked!(
                    agents::table
                        .filter(agents::id.eq_any(keys(ids)))
                        .order(agents::id)
                        .select(AgentRow::as_select())
                );
                self.run(|conn| query.load(conn))?
            }
        };
        self.restored(rows)
    }

    #[instrument(level = "debug", name = "db.agents.lock_candidates", skip_all)]
    fn lock_candidates(
        &mut self,
        department: Option<&DepartmentName>,
        also: &[AgentId],
    ) -> StoreResult<Vec<Agent>> {
        self.writable()?;
        self.settle_agents()?;
        let candidate =
            agents::status.eq(AgentStatus::Available.rank()).and(agents::active_tickets.lt(agents::capacity));
        let named = agents::id.eq_any(keys(also));
        let rows: Vec<AgentRow> = if let Some(name) = department {
            let home =
                departments::table.filter(departments::name_key.eq(name.key())).select(departments::name);
            let query = locked!(
                agents::table
                    .filter(candidate.and(agents::department.eq_any(home)).or(named))
                    .order(agents::id)
                    .select(AgentRow::as_select())
            );
            self.run(|conn| query.load(conn))?
        } else {
            let query = locked!(
                agents::table.filter(candidate.or(named)).order(agents::id).select(AgentRow::as_select())
            );
            self.run(|conn| query.load(conn))?
        };
        self.restored(rows)
    }

    #[instrument(level = "debug", name = "db.agents.list", skip_all)]
    fn list(&mut self) -> StoreResult<Vec<Agent>> {
        self.settle_agents()?;
        let rows: Vec<AgentRow> = self.run(|conn| agents::table.select(AgentRow::as_select()).load(conn))?;
        let mut all = self.restored(rows)?;
        all.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
        Ok(all)
    }

    #[instrument(level = "debug", name = "db.agents.insert", skip_all)]
    fn insert(&mut self, agent: &Agent) -> StoreResult<()> {
        self.writable()?;
        let row = AgentRow::of(agent);
        let added = self.run(|conn| {
            diesel::insert_into(agents::table).values(&row).on_conflict_do_nothing().execute(conn)
        })?;
        if added == 0 {
            let same_id = AgentRepository::find(self, agent.id)?.is_some();
            let field = if same_id { "id" } else { "email" };
            return Err(StoreError::Conflict { entity: Entity::Agent, field });
        }
        self.known_agents.insert(agent.id);
        Ok(())
    }

    #[instrument(level = "debug", name = "db.agents.save", skip_all)]
    fn save(&mut self, agent: &Agent) -> StoreResult<()> {
        self.writable()?;
        if !self.known_agents.contains(&agent.id) && AgentRepository::find(self, agent.id)?.is_none() {
            return Err(StoreError::Internal(format!("agent {} was never inserted", agent.id)));
        }
        self.agents.insert(agent.id, agent.clone());
        Ok(())
    }
}

impl Tx<'_> {
    /// Sends changed agents, so that a query sees them.
    pub(super) fn settle_agents(&mut self) -> StoreResult<()> {
        if self.agents.is_empty() { Ok(()) } else { self.flush() }
    }

    fn restored(&mut self, rows: Vec<AgentRow>) -> StoreResult<Vec<Agent>> {
        self.known_agents.extend(rows.iter().map(|row| row.id.0));
        rows.into_iter().map(AgentRow::restore).collect()
    }
}

fn keys(ids: &[AgentId]) -> Vec<DbId<AgentId>> {
    ids.iter().copied().map(DbId).collect()
}
