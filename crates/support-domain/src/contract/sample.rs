//! Things to store. Numbers name them: the same number is the same thing.

use uuid::Uuid;

use crate::entity::{
    Action, Agent, AgentRecord, Customer, Department, Handler, Message, NewHistoryEntry, NewTicket, Ticket,
    TicketRecord, Tier, User,
};
use crate::id::{AgentId, DepartmentId, HistoryEntryId, MessageId, TicketId, UserId};
use crate::time::Timestamp;
use crate::value::{
    AgentStatus, Category, DepartmentName, Description, EmailAddress, MessageText, PasswordHash, PersonName,
    Priority, Resolution, Role, SenderType, Status, Subject, Tags, TicketNumber,
};

/// The department of agents 1 and 2.
pub(super) const SUPPORT: &str = "Technical Support";
/// The department of agent 3.
pub(super) const BILLING: &str = "Billing & Payments";

/// `seconds` after the first moment of 2026-11-24, and 123,457 microseconds.
pub(super) const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_795_478_400_123_457 + seconds * 1_000_000)
}

/// An id of the form of UUID v7, ascending with `n`; `kind` keeps apart what must not be confused.
pub(super) fn uuid(kind: u16, n: u64) -> Uuid {
    Uuid::from_u128(0x019a_b2c0_0000_7000_8000_0000_0000_0000 | u128::from(kind) << 64 | u128::from(n))
}

pub(super) fn ticket_id(n: u64) -> TicketId {
    TicketId::new(uuid(1, n))
}

pub(super) fn agent_id(n: u64) -> AgentId {
    AgentId::new(uuid(2, n))
}

pub(super) fn customer_id(n: u64) -> UserId {
    UserId::new(uuid(3, n))
}

/// The administrator among [`users`].
pub(super) fn admin_id() -> UserId {
    UserId::new(uuid(4, 1))
}

pub(super) fn person(name: &str) -> PersonName {
    PersonName::parse(name).expect("a name")
}

pub(super) fn email(address: &str) -> EmailAddress {
    EmailAddress::parse(address).expect("an address")
}

pub(super) fn department_name(name: &str) -> DepartmentName {
    DepartmentName::parse(name).expect("a department's name")
}

pub(super) fn department(n: u64, name: &str, tier: i64, categories: &[Category]) -> Department {
    Department {
        id: DepartmentId::new(uuid(5, n)),
        name: department_name(name),
        description: format!("Department {n}"),
        tier: Tier::new(tier).expect("a tier"),
        agent_count: 0,
        categories: categories.to_vec(),
    }
}

/// [`SUPPORT`] and [`BILLING`].
pub(super) fn departments() -> Vec<Department> {
    vec![
        department(1, SUPPORT, 1, &[Category::Technical, Category::Account]),
        department(2, BILLING, 2, &[Category::Billing]),
    ]
}

/// A user without address, telephone number and password.
pub(super) fn user(id: UserId, role: Role, name: &str) -> User {
    User { id, role, name: person(name), email: None, phone: None, password: None, created_at: at(-1_000) }
}

/// Customers 1 to 4, the administrator, and the users of agents 1 to 3.
pub(super) fn users() -> Vec<User> {
    let mut users: Vec<User> =
        (1..=4).map(|n| user(customer_id(n), Role::Customer, &format!("Customer {n}"))).collect();
    users.push(user(admin_id(), Role::Admin, "Ada Admin"));
    users.extend(agents().iter().map(agent_user));
    users
}

/// The user that an agent is.
pub(super) fn agent_user(agent: &Agent) -> User {
    User {
        email: Some(agent.email.clone()),
        password: Some(PasswordHash::new(format!("$hash${}", agent.id))),
        name: agent.name.clone(),
        ..user(agent.id.into(), Role::Agent, "Agent")
    }
}

/// What is stored of an available agent of tier 1 without tickets, changed by `change`.
pub(super) fn agent(n: u64, department: &str, change: impl FnOnce(&mut AgentRecord)) -> Agent {
    let mut record = AgentRecord {
        id: agent_id(n),
        name: person(&format!("Agent {n}")),
        email: email(&format!("agent{n}@example.com")),
        phone: None,
        department: department_name(department),
        tier: Tier::FIRST,
        active_tickets: 0,
        status: AgentStatus::Available,
        busy_by_load: false,
        capacity: 10,
        last_assigned_at: None,
        created_at: at(-500),
    };
    change(&mut record);
    Agent::restore(record).expect("a consistent agent")
}

/// Agents 1 and 2 of [`SUPPORT`], 3 of [`BILLING`].
pub(super) fn agents() -> Vec<Agent> {
    [(1, SUPPORT), (2, SUPPORT), (3, BILLING)].into_iter().map(|(n, home)| agent(n, home, |_| ())).collect()
}

/// Agent `n` as a ticket remembers them.
pub(super) fn handler(n: u64) -> Handler {
    Handler { id: agent_id(n), name: person(&format!("Agent {n}")) }
}

/// Ticket `n`: open, of customer 1, created `n` seconds after [`at`] 0, changed by `change`.
pub(super) fn ticket(n: u64, change: impl FnOnce(&mut TicketRecord)) -> Ticket {
    let serial = i64::try_from(n).expect("a small number");
    let new = NewTicket {
        id: ticket_id(n),
        number: TicketNumber::new(2026, serial),
        customer: customer(1),
        subject: Subject::parse("The app does not start").expect("a subject"),
        description: Description::parse("It closes at once.").expect("a description"),
        category: Category::Technical,
        priority: Priority::Medium,
        department: None,
        tags: Tags::default(),
        waiting: false,
    };
    let mut record = Ticket::open(new, at(serial)).into_record();
    change(&mut record);
    Ticket::restore(record).expect("a consistent ticket")
}

/// Customer `n` as a ticket remembers them, without address and telephone number.
pub(super) fn customer(n: u64) -> Customer {
    Customer { id: customer_id(n), name: person(&format!("Customer {n}")), email: None, phone: None }
}

pub(super) fn message_text(text: &str) -> MessageText {
    MessageText::parse(text).expect("a message")
}

/// Message `sequence` of ticket `ticket`: of its customer, unread, without attachments, `sequence` seconds
/// after the ticket.
pub(super) fn message(ticket: u64, sequence: u32) -> Message {
    let created = i64::try_from(ticket).expect("a small number") + i64::from(sequence);
    Message {
        id: MessageId::new(uuid(6, ticket << 32 | u64::from(sequence))),
        ticket_id: ticket_id(ticket),
        sequence: i64::from(sequence),
        sender_id: customer_id(1),
        sender_name: person("Customer 1"),
        sender_type: SenderType::Customer,
        text: message_text(&format!("Message {sequence}")),
        attachments: Vec::new(),
        client_message_id: None,
        is_read: false,
        created_at: at(created),
    }
}

/// Messages 1 to `count` of ticket `ticket`.
pub(super) fn messages(ticket: u64, count: u32) -> Vec<Message> {
    (1..=count).map(|sequence| message(ticket, sequence)).collect()
}

/// Entry `n` of the history of ticket `ticket`.
pub(super) fn entry(ticket: u64, n: u32) -> NewHistoryEntry {
    NewHistoryEntry {
        id: HistoryEntryId::new(uuid(7, ticket << 32 | u64::from(n))),
        ticket_id: ticket_id(ticket),
        action: Action::TicketUpdated,
        performed_by: admin_id(),
        performed_by_name: person("Ada Admin"),
        details: Some(format!("Change {n}")),
        timestamp: at(i64::from(n)),
    }
}

/// Ticket `n` in `status`, with what the status asks for: handled by agent 1, escalated to agent 2, resolved
/// an hour after its creation by the administrator.
pub(super) fn ticket_in(n: u64, status: Status) -> Ticket {
    ticket(n, |t| {
        t.status = status;
        t.assigned_to = (status != Status::Open).then(|| handler(1));
        t.escalated_to = (status == Status::Escalated).then(|| handler(2));
        if matches!(status, Status::Resolved | Status::Closed) {
            t.resolution = Resolution::parse("Done.").ok();
            t.resolved_at = Some(t.created_at.plus(chrono::TimeDelta::hours(1)));
            t.resolved_by = Some(admin_id());
        }
    })
}
