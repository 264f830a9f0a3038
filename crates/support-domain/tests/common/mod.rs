//! A desk in memory that tests drive step by step.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed step is a failed test")]
#![allow(dead_code, clippy::allow_attributes, reason = "each test file uses a part of this")]

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use chrono::TimeDelta;
use support_domain::actor::Actor;
use support_domain::command::{
    AssignTicket, CreateAgent, CreateDepartment, CreateTicket, EscalateTicket, EscalateTo, SendMessage,
    StatusChange, UpdateTicket,
};
use support_domain::desk::{Desk, DeskDeps};
use support_domain::entity::{Action, Agent, HistoryEntry, Message, Ticket, Tier};
use support_domain::error::Error;
use support_domain::id::{AgentId, AttachmentId, TicketId, UserId};
use support_domain::memory::{ManualClock, MemoryStore, RecordingPublisher, SequentialIds};
use support_domain::port::{MessageWindow, PageStart, Sort, TicketFilter, TicketQuery};
use support_domain::rules::access::Visibility;
use support_domain::time::Timestamp;
use support_domain::usecase::Policy;
use support_domain::value::{
    AgentStatus, Category, DepartmentName, Description, EmailAddress, MessageText, PersonName, Priority,
    Reason, Resolution, Role, Status, Subject, Tags,
};
use uuid::Uuid;

/// Runs a future of a store that never waits.
pub(crate) fn now_or_never<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the store in memory does not wait"),
    }
}

pub(crate) struct World {
    pub(crate) desk: Desk,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) publisher: Arc<RecordingPublisher>,
    pub(crate) admin: Actor,
}

impl Default for World {
    fn default() -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::parse("2026-11-24T08:00:00Z").unwrap()));
        let publisher = Arc::new(RecordingPublisher::new());
        let desk = Desk::new(DeskDeps {
            store: Arc::new(MemoryStore::new()),
            publisher: Arc::clone(&publisher) as _,
            clock: Arc::clone(&clock) as _,
            ids: Arc::new(SequentialIds::default()),
            policy: Policy::default(),
        });
        Self { desk, clock, publisher, admin: Actor::new(UserId::new(Uuid::from_u128(1)), Role::Admin) }
    }
}

pub(crate) fn customer(n: u128) -> Actor {
    let name = Some(PersonName::parse(&format!("Customer {n}")).unwrap());
    Actor { name, ..Actor::new(UserId::new(Uuid::from_u128(1_000 + n)), Role::Customer) }
}

pub(crate) fn as_agent(agent: &Agent) -> Actor {
    Actor { name: Some(agent.name.clone()), ..Actor::new(agent.id.into(), Role::Agent) }
}

pub(crate) fn department(name: &str) -> DepartmentName {
    DepartmentName::parse(name).unwrap()
}

impl World {
    pub(crate) fn department(&self, name: &str, tier: i64, categories: &[Category]) {
        let command = CreateDepartment {
            name: department(name),
            description: String::new(),
            tier: Tier::new(tier).unwrap(),
            categories: categories.to_vec(),
        };
        now_or_never(self.desk.create_department(&self.admin, command)).expect("department");
    }

    pub(crate) fn agent(&self, name: &str, home: &str, tier: i64, capacity: u32) -> Agent {
        let command = CreateAgent {
            name: PersonName::parse(name).unwrap(),
            email: EmailAddress::parse(&format!("{}@example.com", name.to_lowercase().replace(' ', ".")))
                .unwrap(),
            phone: None,
            department: department(home),
            tier: Tier::new(tier).unwrap(),
            capacity,
            status: AgentStatus::Available,
            password: None,
        };
        now_or_never(self.desk.create_agent(&self.admin, command)).expect("agent")
    }

    pub(crate) fn new_ticket(category: Category, priority: Priority, auto_assign: bool) -> CreateTicket {
        CreateTicket {
            subject: Subject::parse("The app shows an old balance").unwrap(),
            description: Description::parse("Since this morning.").unwrap(),
            category,
            priority,
            department: None,
            tags: Tags::default(),
            customer: None,
            auto_assign,
            idempotency: None,
        }
    }

    pub(crate) fn create(&self, by: &Actor, priority: Priority, auto_assign: bool) -> Ticket {
        self.clock.advance(TimeDelta::seconds(1));
        let command = Self::new_ticket(Category::Technical, priority, auto_assign);
        now_or_never(self.desk.create_ticket(by, command)).expect("ticket").ticket
    }

    pub(crate) fn ticket(&self, id: TicketId) -> Ticket {
        now_or_never(self.desk.ticket(&self.admin, id.into())).expect("ticket")
    }

    pub(crate) fn assign(&self, id: TicketId, agent: Option<AgentId>, force: bool) -> Result<Ticket, Error> {
        self.clock.advance(TimeDelta::seconds(1));
        now_or_never(self.desk.assign_ticket(&self.admin, AssignTicket { ticket: id.into(), agent, force }))
    }

    pub(crate) fn escalate(&self, by: &Actor, id: TicketId, to: EscalateTo) -> Result<Ticket, Error> {
        self.clock.advance(TimeDelta::seconds(1));
        let reason = Reason::parse("Needs database access").unwrap();
        now_or_never(self.desk.escalate_ticket(by, EscalateTicket { ticket: id.into(), reason, to }))
    }

    pub(crate) fn status(&self, by: &Actor, id: TicketId, status: Status) -> Result<Ticket, Error> {
        self.clock.advance(TimeDelta::seconds(1));
        let change = match status {
            Status::Open => StatusChange::Open,
            Status::InProgress => StatusChange::InProgress,
            Status::Escalated => StatusChange::Escalated,
            Status::Resolved => {
                StatusChange::Resolved(Resolution::parse("Issue fixed in latest update").unwrap())
            }
            Status::Closed => StatusChange::Closed,
        };
        let command = UpdateTicket { status: Some(change), ..UpdateTicket::default() };
        now_or_never(self.desk.update_ticket(by, id.into(), command))
    }

    pub(crate) fn say(&self, by: &Actor, id: TicketId, text: &str) -> Result<Message, Error> {
        self.clock.advance(TimeDelta::seconds(1));
        let command = SendMessage {
            ticket: id.into(),
            text: MessageText::parse(text).unwrap(),
            client_message_id: None,
            attachments: Vec::new(),
        };
        now_or_never(self.desk.send_message(by, command)).map(|sent| sent.message)
    }

    pub(crate) fn say_with(
        &self,
        by: &Actor,
        id: TicketId,
        attachments: &[AttachmentId],
    ) -> Result<Message, Error> {
        let command = SendMessage {
            ticket: id.into(),
            text: MessageText::parse("see the files").unwrap(),
            client_message_id: None,
            attachments: attachments.to_vec(),
        };
        now_or_never(self.desk.send_message(by, command)).map(|sent| sent.message)
    }

    pub(crate) fn history(&self, id: TicketId) -> Vec<HistoryEntry> {
        now_or_never(self.desk.history(&self.admin, id.into(), 0, u32::MAX)).expect("history")
    }

    pub(crate) fn actions(&self, id: TicketId) -> Vec<Action> {
        self.history(id).into_iter().map(|entry| entry.entry.action).collect()
    }

    pub(crate) fn messages(&self, id: TicketId) -> Vec<Message> {
        now_or_never(self.desk.messages(&self.admin, id.into(), MessageWindow::After(0), u32::MAX))
            .expect("messages")
    }

    pub(crate) fn agents(&self) -> Vec<Agent> {
        now_or_never(self.desk.agents(
            &self.admin,
            &support_domain::command::AgentFilter::default(),
            None,
            u32::MAX,
        ))
        .expect("agents")
    }

    pub(crate) fn agent_now(&self, id: AgentId) -> Agent {
        self.agents().into_iter().find(|agent| agent.id == id).expect("agent")
    }

    pub(crate) fn tickets(&self) -> Vec<Ticket> {
        let filter = TicketFilter::new(Visibility::All);
        let query = TicketQuery { filter, sort: Sort::default(), start: PageStart::First, limit: u32::MAX };
        now_or_never(self.desk.tickets(&self.admin, query)).expect("tickets").items
    }
}
