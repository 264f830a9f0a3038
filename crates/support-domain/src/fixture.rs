//! Small entities for this crate's own tests.

use uuid::Uuid;

use crate::entity::{Agent, AgentRecord, Customer, DEFAULT_CAPACITY, Department, NewTicket, Ticket, Tier};
use crate::id::{AgentId, DepartmentId, TicketId, UserId};
use crate::time::Timestamp;
use crate::value::{
    AgentStatus, Category, DepartmentName, Description, EmailAddress, PersonName, Priority, Subject, Tags,
    TicketNumber,
};

pub(crate) fn department_name(name: &str) -> DepartmentName {
    DepartmentName::parse(name).expect("valid")
}

pub(crate) fn department(name: &str, tier: i64) -> Department {
    Department {
        id: DepartmentId::new(Uuid::from_u128(900)),
        name: department_name(name),
        description: String::new(),
        tier: Tier::new(tier).expect("tier"),
        agent_count: 0,
        categories: Vec::new(),
    }
}

pub(crate) fn agent(n: u128) -> Agent {
    Agent::join(AgentRecord {
        id: AgentId::new(Uuid::from_u128(n)),
        name: PersonName::parse(&format!("Agent {n}")).expect("valid"),
        email: EmailAddress::parse(&format!("agent{n}@example.com")).expect("valid"),
        phone: None,
        department: department_name("Technical Support"),
        tier: Tier::FIRST,
        active_tickets: 0,
        status: AgentStatus::Available,
        busy_by_load: false,
        capacity: DEFAULT_CAPACITY,
        last_assigned_at: None,
        created_at: Timestamp::EPOCH,
    })
}

pub(crate) fn ticket(n: u128) -> Ticket {
    let new = NewTicket {
        id: TicketId::new(Uuid::from_u128(n)),
        number: TicketNumber::new(2026, 1),
        customer: Customer {
            id: UserId::new(Uuid::from_u128(500)),
            name: PersonName::parse("Ana Customer").expect("valid"),
            email: None,
            phone: None,
        },
        subject: Subject::parse("Subject").expect("valid"),
        description: Description::parse("Description").expect("valid"),
        category: Category::Technical,
        priority: Priority::Medium,
        department: None,
        tags: Tags::default(),
        waiting: false,
    };
    Ticket::open(new, Timestamp::EPOCH)
}
