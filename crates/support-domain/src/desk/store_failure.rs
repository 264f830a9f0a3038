//! Whatever call of a repository fails, a command that was not committed leaves no event and no effect.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use uuid::Uuid;

use crate::actor::Actor;
use crate::command::{
    AssignTicket, CreateAgent, CreateDepartment, CreateTicket, CreateUser, EscalateTicket, EscalateTo,
    Notify, Recipient, SendMessage, StatusChange, UpdateAgent, UpdateDepartment, UpdateTicket,
};
use crate::desk::{Desk, DeskDeps};
use crate::entity::{Agent, DEFAULT_CAPACITY, Department, Ticket, TicketChanges, Tier};
use crate::error::{Error, StoreError};
use crate::fixture;
use crate::id::UserId;
use crate::memory::{FailingStore, ManualClock, RecordingPublisher, SequentialIds};
use crate::time::Timestamp;
use crate::usecase::Policy;
use crate::value::{
    AgentStatus, Category, Channel, Description, EmailAddress, Fingerprint, IdempotencyKey, MessageText,
    PasswordHash, PersonName, Priority, Reason, Resolution, Role, Subject, Tags,
};

const SUPPORT: &str = "Technical Support";

/// A desk with a ticket of each status, two agents of different tiers, and nobody who has room.
struct Scene {
    desk: Desk,
    store: Arc<FailingStore>,
    publisher: Arc<RecordingPublisher>,
    admin: Actor,
    customer: Actor,
    department: Department,
    first: Agent,
    second: Agent,
    open: Ticket,
    in_progress: Ticket,
    escalated: Ticket,
    resolved: Ticket,
}

fn done<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the store in memory does not wait"),
    }
}

fn hire(name: &str, tier: i64) -> CreateAgent {
    CreateAgent {
        name: PersonName::parse(name).expect("a name"),
        email: EmailAddress::parse(&format!("{name}@example.com")).expect("an address"),
        phone: None,
        department: fixture::department_name(SUPPORT),
        tier: Tier::new(tier).expect("a tier"),
        capacity: DEFAULT_CAPACITY,
        status: AgentStatus::Available,
        password: None,
    }
}

fn request(auto_assign: bool) -> CreateTicket {
    CreateTicket {
        subject: Subject::known("The app does not start"),
        description: Description::known("It closes at once."),
        category: Category::Technical,
        priority: Priority::Medium,
        department: None,
        tags: Tags::default(),
        customer: None,
        auto_assign,
        idempotency: Some((IdempotencyKey::known("again"), Fingerprint([7; 32]))),
    }
}

fn become_status(change: StatusChange) -> UpdateTicket {
    UpdateTicket { status: Some(change), ..UpdateTicket::default() }
}

impl Scene {
    fn new() -> Self {
        let store = Arc::new(FailingStore::new());
        let publisher = Arc::new(RecordingPublisher::new());
        let desk = Desk::new(DeskDeps {
            store: Arc::clone(&store) as _,
            publisher: Arc::clone(&publisher) as _,
            clock: Arc::new(ManualClock::new(Timestamp::EPOCH)),
            ids: Arc::new(SequentialIds::default()),
            policy: Policy::default(),
        });
        let admin = Actor::new(UserId::new(Uuid::from_u128(1)), Role::Admin);
        let customer = Actor::new(UserId::new(Uuid::from_u128(2)), Role::Customer);
        let department = CreateDepartment {
            name: fixture::department_name(SUPPORT),
            description: String::new(),
            tier: Tier::FIRST,
            categories: vec![Category::Technical],
        };
        let department = done(desk.create_department(&admin, department)).expect("a department");
        let first = done(desk.create_agent(&admin, hire("Tara", 1))).expect("an agent");
        let second = done(desk.create_agent(&admin, hire("Jane", 2))).expect("an agent");
        let open = || {
            let command = CreateTicket { idempotency: None, ..request(false) };
            done(desk.create_ticket(&customer, command)).expect("a ticket").ticket
        };
        let assigned = |ticket: Ticket| {
            let command = AssignTicket { ticket: ticket.id.into(), agent: Some(first.id), force: true };
            done(desk.assign_ticket(&admin, command)).expect("assigned")
        };
        let in_progress = assigned(open());
        let escalated = done(desk.escalate_ticket(&admin, escalate(&assigned(open())))).expect("escalated");
        let resolve = become_status(StatusChange::Resolved(Resolution::known("Done")));
        let resolved =
            done(desk.update_ticket(&admin, assigned(open()).id.into(), resolve)).expect("resolved");
        let open = open();
        drop(publisher.take());
        Self {
            desk,
            store,
            publisher,
            admin,
            customer,
            department,
            first,
            second,
            open,
            in_progress,
            escalated,
            resolved,
        }
    }

    fn update(&self, actor: &Actor, ticket: &Ticket, command: UpdateTicket) -> Result<(), Error> {
        done(self.desk.update_ticket(actor, ticket.id.into(), command)).map(drop)
    }

    fn assign(&self, ticket: &Ticket, agent: Option<&Agent>) -> Result<(), Error> {
        let agent = agent.map(|agent| agent.id);
        let command = AssignTicket { ticket: ticket.id.into(), agent, force: false };
        done(self.desk.assign_ticket(&self.admin, command)).map(drop)
    }

    fn change(&self, agent: &Agent, command: UpdateAgent) -> Result<(), Error> {
        done(self.desk.update_agent(&self.admin, agent.id, command)).map(drop)
    }
}

fn escalate(ticket: &Ticket) -> EscalateTicket {
    EscalateTicket { ticket: ticket.id.into(), reason: Reason::known("Needs access"), to: EscalateTo::Next }
}

/// Runs a command again and again, each time failing one call later, until no call fails.
fn leaves_nothing(command: impl Fn(&Scene) -> Result<(), Error>) {
    for calls in 0.. {
        let scene = Scene::new();
        let before = scene.store.snapshot();
        scene.store.fail_after(calls);
        let outcome = command(&scene);
        match scene.store.failed_in() {
            None => {
                outcome.expect("succeeds where nothing fails");
                assert!(calls > 0, "the command asks nothing of the store");
                return;
            }
            Some(1) => {
                let failed = matches!(outcome, Err(Error::Store(StoreError::Unavailable)));
                assert!(failed, "after {calls} calls: {outcome:?}");
                assert!(scene.publisher.take().is_empty(), "after {calls} calls something was told");
                assert_eq!(scene.store.snapshot(), before, "after {calls} calls something was changed");
            }
            // The command itself was committed; what failed is the dispatch after it.
            Some(_) => outcome.expect("was committed"),
        }
    }
}

#[test]
fn a_ticket_that_is_not_opened() {
    leaves_nothing(|scene| done(scene.desk.create_ticket(&scene.customer, request(false))).map(drop));
    leaves_nothing(|scene| done(scene.desk.create_ticket(&scene.customer, request(true))).map(drop));
}

#[test]
fn details_that_are_not_changed() {
    let details = TicketChanges {
        priority: Some(Priority::Urgent),
        department: Some(fixture::department_name(SUPPORT)),
        tags: Some(Tags::default()),
        subject: Some(Subject::known("Another")),
        ..TicketChanges::default()
    };
    let command = UpdateTicket { details, ..UpdateTicket::default() };
    leaves_nothing(|scene| scene.update(&scene.admin, &scene.open, command.clone()));
}

#[test]
fn a_status_that_is_not_changed() {
    let resolve = become_status(StatusChange::Resolved(Resolution::known("Done")));
    leaves_nothing(|scene| scene.update(&scene.admin, &scene.in_progress, resolve.clone()));
    let resume = become_status(StatusChange::InProgress);
    leaves_nothing(|scene| scene.update(&scene.admin, &scene.escalated, resume.clone()));
    leaves_nothing(|scene| scene.update(&scene.customer, &scene.resolved, resume.clone()));
    let close = become_status(StatusChange::Closed);
    leaves_nothing(|scene| scene.update(&scene.customer, &scene.resolved, close.clone()));
}

#[test]
fn a_ticket_that_is_not_given() {
    leaves_nothing(|scene| scene.assign(&scene.open, None));
    leaves_nothing(|scene| scene.assign(&scene.in_progress, Some(&scene.second)));
    leaves_nothing(|scene| {
        done(scene.desk.escalate_ticket(&scene.admin, escalate(&scene.in_progress))).map(drop)
    });
}

#[test]
fn what_is_not_said_and_not_read() {
    leaves_nothing(|scene| {
        let command = SendMessage {
            ticket: scene.in_progress.id.into(),
            text: MessageText::known("Hello"),
            client_message_id: None,
            attachments: Vec::new(),
        };
        done(scene.desk.send_message(&scene.customer, command)).map(drop)
    });
    leaves_nothing(|scene| {
        done(scene.desk.mark_read(&scene.customer, scene.in_progress.id.into(), 1)).map(drop)
    });
    leaves_nothing(|scene| {
        let command = Notify {
            ticket: scene.in_progress.id.into(),
            to: Recipient::Customer,
            message: MessageText::known("Hello"),
            channels: Channel::ALL.to_vec(),
        };
        done(scene.desk.notify(&scene.admin, command)).map(drop)
    });
}

#[test]
fn people_and_departments_that_are_not_changed() {
    leaves_nothing(|scene| done(scene.desk.create_agent(&scene.admin, hire("Max", 1))).map(drop));
    let away = UpdateAgent { status: Some(AgentStatus::Away), ..UpdateAgent::default() };
    leaves_nothing(|scene| scene.change(&scene.first, away.clone()));
    let moved = UpdateAgent { capacity: Some(1), tier: Some(Tier::FIRST), ..UpdateAgent::default() };
    leaves_nothing(|scene| scene.change(&scene.second, moved.clone()));
    leaves_nothing(|scene| {
        let command = CreateUser {
            role: Role::Admin,
            name: PersonName::known("Ada"),
            email: EmailAddress::parse("ada@example.com").expect("an address"),
            phone: None,
            password: PasswordHash::new("hash".to_owned()),
        };
        done(scene.desk.create_user(&scene.admin, command)).map(drop)
    });
    leaves_nothing(|scene| {
        let name = Some(fixture::department_name("Help"));
        let command = UpdateDepartment { name, ..UpdateDepartment::default() };
        done(scene.desk.update_department(&scene.admin, scene.department.id, command)).map(drop)
    });
}
