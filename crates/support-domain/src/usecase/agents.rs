//! Agent management (`docs/specification.md`, section 4.3).

use crate::command::{AgentDetail, CreateAgent, UpdateAgent};
use crate::entity::{Agent, AgentRecord, User};
use crate::error::{Entity, Error, RuleViolation, StoreError};
use crate::id::AgentId;
use crate::port::{PageStart, Sort, SortField, TicketFilter, TicketQuery};
use crate::rules::access::{self, Visibility};
use crate::usecase::UseCaseContext;
use crate::value::{Role, Status};

/// How many current tickets an agent's detail lists at most.
const LISTED_TICKETS: u32 = 200;

/// An agent with their current tickets and performance: for administrators, and for agents their own.
pub(crate) fn detail(work: &mut UseCaseContext<'_>, id: AgentId) -> Result<AgentDetail, Error> {
    access::staff(work.actor)?;
    if work.actor.agent_id().is_some_and(|own| own != id) {
        return Err(Error::Forbidden("agents may only look at their own details"));
    }
    let agent = work.tx.agents().find(id)?.ok_or(Error::NotFound(Entity::Agent))?;
    let mut filter = TicketFilter::new(Visibility::Agent(id));
    filter.status = vec![Status::InProgress, Status::Escalated];
    let sort = Sort { field: SortField::Priority, descending: true };
    let page = work.tx.tickets().list(&TicketQuery {
        filter,
        sort,
        start: PageStart::First,
        limit: LISTED_TICKETS,
    })?;
    let tickets = page.items.into_iter().filter(|ticket| ticket.active_handler() == Some(id)).collect();
    let performance = work.tx.statistics().performance(id)?;
    Ok(AgentDetail { agent, tickets, performance })
}

/// Adds an agent and their user.
pub(crate) fn create(work: &mut UseCaseContext<'_>, command: &CreateAgent) -> Result<Agent, Error> {
    access::admin(work.actor)?;
    let department = work.resolve_department(&command.department)?.name;
    let id = AgentId::generate(work.ids);
    let agent = Agent::join(AgentRecord {
        id,
        name: command.name.clone(),
        email: command.email.clone(),
        phone: command.phone.clone(),
        department: department.clone(),
        tier: command.tier,
        active_tickets: 0,
        status: command.status,
        busy_by_load: false,
        capacity: command.capacity,
        last_assigned_at: None,
        created_at: work.now,
    });
    let user = User {
        id: id.into(),
        role: Role::Agent,
        name: command.name.clone(),
        email: Some(command.email.clone()),
        phone: command.phone.clone(),
        password: command.password.clone(),
        created_at: work.now,
    };
    work.tx.users().insert(&user).map_err(taken)?;
    work.tx.agents().insert(&agent).map_err(taken)?;
    work.effects.directory_changed = true;
    if agent.is_candidate() {
        work.effects.dispatch.insert(department);
    }
    Ok(agent)
}

/// Changes an agent: administrators everything, agents their own availability.
pub(crate) fn update(
    work: &mut UseCaseContext<'_>,
    id: AgentId,
    command: &UpdateAgent,
) -> Result<Agent, Error> {
    access::staff(work.actor)?;
    if work.actor.role == Role::Agent && (work.actor.agent_id() != Some(id) || !command.is_status_only()) {
        return Err(Error::Forbidden("agents may only set their own availability"));
    }
    let department = match &command.department {
        Some(name) => Some(work.resolve_department(name)?.name),
        None => None,
    };
    let before = work.tx.agents().lock(&[id])?.into_iter().next().ok_or(Error::NotFound(Entity::Agent))?;
    let mut agent = before.clone().with_profile(
        command.name.clone().unwrap_or_else(|| before.name.clone()),
        command.phone.clone().unwrap_or_else(|| before.phone.clone()),
        department.unwrap_or_else(|| before.department.clone()),
        command.tier.unwrap_or(before.tier),
    );
    if let Some(capacity) = command.capacity {
        agent = agent.with_capacity(capacity);
    }
    if let Some(status) = command.status {
        agent = agent.with_status(status);
    }
    work.save_agent(&before, &agent)?;
    if (&before.name, &before.phone) != (&agent.name, &agent.phone) {
        save_user(work, &agent)?;
    }
    Ok(agent)
}

fn save_user(work: &mut UseCaseContext<'_>, agent: &Agent) -> Result<(), Error> {
    if let Some(user) = work.tx.users().find(agent.id.into())? {
        work.tx.users().save(&User { name: agent.name.clone(), phone: agent.phone.clone(), ..user })?;
    }
    Ok(())
}

/// A conflict on an agent or user can only be about the address.
pub(crate) fn taken(error: StoreError) -> Error {
    match error {
        StoreError::Conflict { field: "email", .. } => RuleViolation::EmailTaken.into(),
        other => other.into(),
    }
}
