//! Everything that the sample things are in a store, to see whether something has changed.

use crate::contract::query::{filter, query};
use crate::contract::sample::{self, at, ticket_id, uuid};
use crate::contract::scene::Scene;
use crate::entity::{
    Agent, Delivery, DeliveryState, Department, HistoryEntry, Message, Notification, NotificationKind,
    Ticket, User,
};
use crate::error::{Error, StoreError};
use crate::id::{NotificationId, OutboxId, TicketId};
use crate::port::{IdempotencyRecord, MessageWindow, Repositories, WaitingScope};
use crate::value::{
    Category, Channel, ClientMessageId, Fingerprint, IdempotencyKey, PasswordHash, Role, SenderType, Status,
};

/// What a reader sees of the sample things.
#[derive(Debug, PartialEq)]
pub(super) struct Snapshot {
    tickets: Vec<Ticket>,
    found: Vec<Ticket>,
    active: u32,
    next_waiting: Option<TicketId>,
    messages: Vec<Message>,
    named: Option<Message>,
    history: Vec<HistoryEntry>,
    agents: Vec<Agent>,
    departments: Vec<(String, Department)>,
    users: Vec<Option<User>>,
    customer: Option<User>,
    notifications: Vec<Notification>,
    outbox: Vec<Delivery>,
}

impl Snapshot {
    /// What there is now.
    pub(super) fn take(scene: &Scene) -> Self {
        // A read need not allow locks, which are a part of what is seen.
        scene.write(Self::see)
    }

    /// What `tx` sees.
    pub(super) fn see(tx: &mut dyn Repositories) -> Result<Self, StoreError> {
        let by_word = filter(|f| f.words = vec!["app".to_owned(), "start".to_owned()]);
        let departments = tx.departments().list()?;
        Ok(Self {
            tickets: tx.tickets().list(&query(filter(|_| ())))?.items,
            found: tx.tickets().list(&query(by_word))?.items,
            active: tx.tickets().count_active(sample::agent_id(1))?,
            next_waiting: tx.tickets().next_waiting(&[WaitingScope {
                department: sample::department_name(sample::SUPPORT),
                categories: vec![Category::Technical],
            }])?,
            messages: tx.messages().list(ticket_id(1), MessageWindow::Newest, 100)?,
            named: tx.messages().find_by_client_id(ticket_id(1), sample::customer_id(1), &client_id())?,
            history: tx.history().list(ticket_id(1), 0, 100)?,
            agents: tx.agents().list()?,
            departments: departments.into_iter().map(|d| (d.name.as_str().to_owned(), d)).collect(),
            users: vec![tx.users().find(sample::admin_id())?, tx.users().find(newcomer().id)?],
            customer: tx.users().find_customer(&sample::email("ana@example.com"))?,
            notifications: tx.notifications().list(sample::customer_id(1), None, 100)?,
            outbox: tx.notifications().list_outbox(100)?,
        })
    }
}

/// Adds something of every kind, besides what [`Scene::seed`] added.
pub(super) fn prepare(scene: &Scene) {
    scene.seed();
    scene.insert(&[sample::ticket(1, |t| t.waiting = true), sample::ticket_in(2, Status::InProgress)]);
    scene.say(&sample::messages(1, 2));
    scene.write(|tx| {
        let customer = sample::user(sample::customer_id(4), Role::Customer, "Ana");
        tx.users().save(&User { email: Some(sample::email("ana@example.com")), ..customer })?;
        tx.tickets().lock(ticket_id(1))?;
        tx.history().append(&sample::entry(1, 1))?;
        tx.notifications().insert(&notification(1))?;
        tx.notifications().enqueue(&delivery(1))
    });
}

/// Adds and changes something of every kind, on top of [`prepare`].
pub(super) fn change_everything(tx: &mut dyn Repositories) -> Result<(), Error> {
    change_tickets(tx)?;
    tx.departments().insert(&sample::department(3, "Loans", 1, &[Category::Loan]))?;
    let renamed = sample::department(1, "Tech", 2, &[Category::Technical]);
    tx.departments().lock(renamed.id)?;
    tx.departments().save(&renamed)?;
    tx.users().insert(&newcomer())?;
    let known_longer = sample::user(sample::customer_id(9), Role::Customer, "Elder");
    let known_longer =
        User { email: Some(sample::email("ana@example.com")), created_at: at(-9_000), ..known_longer };
    tx.users().insert_if_absent(&known_longer)?;
    let known = sample::user(sample::admin_id(), Role::Admin, "Ada King");
    let password = Some(PasswordHash::new("h".to_owned()));
    tx.users().save(&User { email: Some(sample::email("ada@example.com")), password, ..known })?;
    tx.agents().insert(&sample::agent(9, "Loans", |_| ()))?;
    let agents = tx.agents().lock(&[sample::agent_id(2)])?;
    for agent in agents {
        tx.agents().save(&agent.ticket_assigned(at(9)))?;
    }
    tx.notifications().insert(&notification(2))?;
    tx.notifications().mark_read(sample::customer_id(1), notification(1).id, at(9))?;
    tx.notifications().enqueue(&delivery(2))?;
    tx.idempotency().claim(&request())?;
    Ok(())
}

fn change_tickets(tx: &mut dyn Repositories) -> Result<(), Error> {
    let number = tx.tickets().next_number(2030)?;
    tx.tickets().insert(&sample::ticket(3, |t| {
        t.number = number;
        t.waiting = true;
    }))?;
    let ticket = tx.tickets().lock(ticket_id(1))?.expect("the ticket exists");
    let handler = sample::handler(1);
    let ticket = ticket.assign(handler, &sample::department_name(sample::SUPPORT), at(9))?;
    let ticket = ticket.count_message(true, at(9))?;
    tx.tickets().save(&ticket)?;
    tx.messages().append(&Message { client_message_id: Some(client_id()), ..sample::message(1, 3) })?;
    tx.messages().mark_read(ticket_id(1), &[SenderType::Customer], 2)?;
    tx.history().append(&sample::entry(1, 2))?;
    Ok(())
}

/// The request that [`change_everything`] claims.
pub(super) fn request() -> IdempotencyRecord {
    IdempotencyRecord {
        actor: sample::customer_id(1),
        key: IdempotencyKey::parse("key").expect("a key"),
        fingerprint: Fingerprint([1; 32]),
        ticket_id: ticket_id(3),
        created_at: at(9),
    }
}

fn client_id() -> ClientMessageId {
    ClientMessageId::parse("named").expect("a name")
}

/// The user of the agent whom [`change_everything`] adds.
fn newcomer() -> User {
    sample::agent_user(&sample::agent(9, "Loans", |_| ()))
}

fn notification(n: u64) -> Notification {
    Notification {
        id: NotificationId::new(uuid(12, n)),
        user_id: sample::customer_id(1),
        ticket_id: ticket_id(1),
        kind: NotificationKind::TicketCreated,
        text: "Created".to_owned(),
        created_at: at(1),
        read_at: None,
    }
}

fn delivery(n: u64) -> Delivery {
    Delivery {
        id: OutboxId::new(uuid(13, n)),
        channel: Channel::Email,
        user_id: sample::customer_id(1),
        ticket_id: ticket_id(1),
        kind: NotificationKind::TicketCreated,
        text: "Created".to_owned(),
        state: DeliveryState::Pending,
        created_at: at(i64::try_from(n).expect("a small number")),
    }
}
