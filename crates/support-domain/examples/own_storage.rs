//! Another service that uses the rules with storage of its own: a branch's paper queue, kept in two maps.
//!
//! It needs no store, no desk and no runtime: entities, the state machine and the assignment and escalation
//! rules are plain functions. A service that wants the commands as well (history, notifications, dispatch)
//! implements `support_domain::port::Store` instead and puts a `support_domain::desk::Desk` on it.
//!
//! Run it with `cargo run -p support-domain --example own_storage`.

use std::collections::BTreeMap;
use std::error::Error;

use support_domain::entity::{Agent, AgentRecord, Customer, Department, Handler, NewTicket, Ticket, Tier};
use support_domain::error::RuleViolation;
use support_domain::id::{AgentId, DepartmentId, TicketId, UserId};
use support_domain::rules::escalation::{self, Target};
use support_domain::rules::{assignment, transition};
use support_domain::time::Timestamp;
use support_domain::value::{
    AgentStatus, Category, DepartmentName, Description, EmailAddress, PersonName, Priority, Resolution,
    Subject, Tags, TicketNumber,
};
use uuid::Uuid;

/// This service's own storage.
struct Branch {
    tickets: BTreeMap<TicketId, Ticket>,
    agents: BTreeMap<AgentId, Agent>,
    departments: Vec<Department>,
}

impl Branch {
    /// Gives a ticket to whom the assignment rule picks, and keeps both as they are then.
    fn assign(&mut self, ticket: &Ticket, now: Timestamp) -> Result<Ticket, Box<dyn Error>> {
        let home = assignment::department_of(ticket.department.as_ref(), ticket.category, &self.departments);
        let candidates = self.agents.values().filter(|agent| Some(&agent.department) == home);
        let agent = assignment::pick(ticket, candidates).cloned().ok_or(RuleViolation::NoAgentAvailable)?;
        let handler = Handler { id: agent.id, name: agent.name.clone() };
        let ticket = ticket.clone().assign(handler, &agent.department, now)?;
        self.agents.insert(agent.id, agent.ticket_assigned(now));
        self.tickets.insert(ticket.id, ticket.clone());
        Ok(ticket)
    }

    /// Gives a ticket to the next tier up.
    fn escalate(&mut self, ticket: &Ticket, now: Timestamp) -> Result<Ticket, Box<dyn Error>> {
        let handler = ticket
            .active_handler()
            .and_then(|id| self.agents.get(&id))
            .ok_or(RuleViolation::NoHandler)?
            .clone();
        let agents: Vec<Agent> = self.agents.values().cloned().collect();
        let target = escalation::choose(Target::NextTier, &handler, &agents, &self.departments)?.clone();
        let to = Handler { id: target.id, name: target.name.clone() };
        let ticket = ticket.clone().escalate(to, &target.department, now)?;
        self.agents.insert(handler.id, handler.ticket_released());
        self.agents.insert(target.id, target.ticket_assigned(now));
        self.tickets.insert(ticket.id, ticket.clone());
        Ok(ticket)
    }
}

fn agent(n: u128, name: &str, tier: i64, department: &DepartmentName) -> Result<Agent, Box<dyn Error>> {
    Ok(Agent::join(AgentRecord {
        id: AgentId::new(Uuid::from_u128(n)),
        name: PersonName::parse(name)?,
        email: EmailAddress::parse(&format!("agent{n}@example.com"))?,
        phone: None,
        department: department.clone(),
        tier: Tier::new(tier).ok_or("no such tier")?,
        active_tickets: 0,
        status: AgentStatus::Available,
        busy_by_load: false,
        capacity: 3,
        last_assigned_at: None,
        created_at: Timestamp::EPOCH,
    }))
}

fn ticket(now: Timestamp) -> Result<Ticket, Box<dyn Error>> {
    let new = NewTicket {
        id: TicketId::new(Uuid::from_u128(1)),
        number: TicketNumber::new(now.year(), 1),
        customer: Customer {
            id: UserId::new(Uuid::from_u128(100)),
            name: PersonName::parse("Noor Haddad")?,
            email: None,
            phone: None,
        },
        subject: Subject::parse("The standing order ran twice")?,
        description: Description::parse("Rent left my account twice on Monday.")?,
        category: Category::Billing,
        priority: Priority::High,
        department: None,
        tags: Tags::default(),
        waiting: false,
    };
    Ok(Ticket::open(new, now))
}

fn main() -> Result<(), Box<dyn Error>> {
    let now = Timestamp::parse("2026-11-24T09:00:00Z").ok_or("no time")?;
    let payments = DepartmentName::parse("Billing & Payments")?;
    let agents = [agent(1, "Ilse Maar", 1, &payments)?, agent(2, "Tomás Rey", 2, &payments)?];
    let mut branch = Branch {
        tickets: BTreeMap::new(),
        agents: agents.into_iter().map(|agent| (agent.id, agent)).collect(),
        departments: vec![Department {
            id: DepartmentId::new(Uuid::from_u128(50)),
            name: payments,
            description: String::new(),
            tier: Tier::FIRST,
            agent_count: 2,
            categories: vec![Category::Billing, Category::Transaction],
        }],
    };

    let ticket = branch.assign(&ticket(now)?, now)?;
    println!("{} is {} with {:?}", ticket.number, ticket.status, ticket.active_handler());
    let ticket = branch.escalate(&ticket, now)?;
    println!("{} is {} with {:?}", ticket.number, ticket.status, ticket.active_handler());
    println!("from here it can become {:?}", transition::allowed(ticket.status));
    let ticket = ticket.resolve(UserId::SYSTEM, Resolution::parse("The second order was returned.")?, now)?;
    println!("{} is {}", ticket.number, ticket.status);
    match ticket.close(now)?.reopen(now) {
        Err(refusal) => println!("reopening it: {refusal}"),
        Ok(_) => return Err("closed is final".into()),
    }
    Ok(())
}
