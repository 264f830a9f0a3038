//! The people and departments of the demo desk.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use support_domain::actor::Actor;
use support_domain::command::{CreateAgent, CreateDepartment, CreateUser, UpdateAgent};
use support_domain::desk::Desk;
use support_domain::entity::{DEFAULT_CAPACITY, Tier, User};
use support_domain::id::AgentId;
use support_domain::memory::ManualClock;
use support_domain::time::Timestamp;
use support_domain::value::{
    AgentStatus, Category, DepartmentName, EmailAddress, PasswordHash, PersonName, Phone, Role,
};

use super::data::{Agent, Customer, People};
use super::fault::{failed, valid};
use crate::failure::Failure;

/// How long before now the desk was opened.
const OPENED: TimeDelta = TimeDelta::days(45);

/// The people of the desk under their keys.
pub(super) struct Staff {
    pub(super) admin: Actor,
    pub(super) agents: BTreeMap<String, Actor>,
    pub(super) customers: BTreeMap<String, Actor>,
}

/// Adds departments, agents, customers and the administrator. Everybody can log in with the same password.
pub(super) async fn join(
    desk: &Desk,
    clock: &ManualClock,
    people: &People,
    hash: &str,
    now: Timestamp,
) -> Result<Staff, Failure> {
    clock.set(now.plus(-OPENED));
    let password = PasswordHash::new(hash.to_owned());
    let admin = CreateUser {
        role: Role::Admin,
        name: person(&people.admin.name)?,
        email: address(&people.admin.email)?,
        phone: None,
        password: password.clone(),
    };
    let admin = actor(&desk.create_user(&Actor::system(), admin).await.map_err(failed)?);
    for department in &people.department {
        let categories =
            department.categories.iter().map(|category| valid(category, Category::parse(category)));
        let command = CreateDepartment {
            name: valid(&department.name, DepartmentName::parse(&department.name))?,
            description: department.description.clone(),
            tier: tier(department.tier)?,
            categories: categories.collect::<Result<_, _>>()?,
        };
        desk.create_department(&admin, command).await.map_err(failed)?;
    }
    let mut agents = BTreeMap::new();
    for agent in &people.agent {
        let command = create_agent(agent, password.clone())?;
        let (name, email) = (command.name.clone(), command.email.clone());
        let created = desk.create_agent(&admin, command).await.map_err(failed)?;
        let actor =
            Actor { name: Some(name), email: Some(email), ..Actor::new(created.id.into(), Role::Agent) };
        agents.insert(agent.key.clone(), actor);
    }
    let mut customers = BTreeMap::new();
    for customer in &people.customer {
        let user =
            desk.create_user(&admin, create_customer(customer, password.clone())?).await.map_err(failed)?;
        customers.insert(customer.key.clone(), actor(&user));
    }
    Ok(Staff { admin, agents, customers })
}

/// Sets what agents show once everything is loaded.
pub(super) async fn leave(desk: &Desk, people: &People, staff: &Staff) -> Result<(), Failure> {
    for agent in &people.agent {
        let Some(status) = &agent.status else { continue };
        let status = valid(status, AgentStatus::parse(status))?;
        let Some(actor) = staff.agents.get(&agent.key) else { continue };
        if status == AgentStatus::Away {
            let command = UpdateAgent { status: Some(status), ..UpdateAgent::default() };
            desk.update_agent(actor, AgentId::from(actor.id), command).await.map_err(failed)?;
        }
    }
    Ok(())
}

fn create_agent(agent: &Agent, password: PasswordHash) -> Result<CreateAgent, Failure> {
    Ok(CreateAgent {
        name: person(&agent.name)?,
        email: address(&agent.email)?,
        phone: Some(valid(&agent.phone, Phone::parse(&agent.phone))?),
        department: valid(&agent.department, DepartmentName::parse(&agent.department))?,
        tier: tier(agent.tier)?,
        capacity: agent.capacity.unwrap_or(DEFAULT_CAPACITY),
        status: AgentStatus::Available,
        password: Some(password),
    })
}

fn create_customer(customer: &Customer, password: PasswordHash) -> Result<CreateUser, Failure> {
    Ok(CreateUser {
        role: Role::Customer,
        name: person(&customer.name)?,
        email: address(&customer.email)?,
        phone: Some(valid(&customer.phone, Phone::parse(&customer.phone))?),
        password,
    })
}

fn actor(user: &User) -> Actor {
    Actor {
        id: user.id,
        role: user.role,
        name: Some(user.name.clone()),
        email: user.email.clone(),
        phone: user.phone.clone(),
    }
}

fn person(name: &str) -> Result<PersonName, Failure> {
    valid(name, PersonName::parse(name))
}

fn address(email: &str) -> Result<EmailAddress, Failure> {
    valid(email, EmailAddress::parse(email))
}

fn tier(tier: i64) -> Result<Tier, Failure> {
    Tier::new(tier).ok_or_else(|| Failure::new(format!("demo data: no tier {tier}")))
}
