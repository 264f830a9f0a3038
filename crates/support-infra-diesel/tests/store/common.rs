//! What several test binaries share.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use support_domain::entity::{Action, Customer, NewHistoryEntry, NewTicket, Ticket, User};
use support_domain::error::Error;
use support_domain::id::{HistoryEntryId, TicketId, UserId};
use support_domain::port::{Repositories, TransactionFn};
use support_domain::time::Timestamp;
use support_domain::value::{Category, Description, PersonName, Priority, Role, Subject, Tags, TicketNumber};
use support_infra_diesel::{MasterKey, Options, migrate};
use support_testkit::postgres::{Cluster, Database, Template};
use uuid::Uuid;

/// The master key of every store here.
pub(crate) fn master() -> MasterKey {
    MasterKey::new([7; 32])
}

/// A database with this version's schema.
pub(crate) fn database() -> Database {
    let cluster = Cluster::shared().expect("a cluster");
    let template = Template::prepared(&cluster, "infra", |url| migrate(url, &Options::default()).map(drop));
    template.expect("a template").copy().expect("a database")
}

/// The customer of every ticket here.
pub(crate) fn customer() -> User {
    User {
        id: UserId::new(Uuid::from_u128(1)),
        role: Role::Customer,
        name: PersonName::known("Ana"),
        email: None,
        phone: None,
        password: None,
        created_at: Timestamp::EPOCH,
    }
}

/// A ticket by its serial.
pub(crate) fn ticket(serial: i64) -> Ticket {
    let new = NewTicket {
        id: TicketId::new(Uuid::from_u128(u128::try_from(serial).expect("positive") << 64)),
        number: TicketNumber::new(2026, serial),
        customer: Customer { id: customer().id, name: customer().name, email: None, phone: None },
        subject: Subject::parse("Card").expect("a subject"),
        description: Description::parse("It is gone").expect("a description"),
        category: Category::General,
        priority: Priority::Low,
        department: None,
        tags: Tags::default(),
        waiting: false,
    };
    Ticket::open(new, Timestamp::EPOCH)
}

/// A history entry of a ticket.
pub(crate) fn entry(ticket: &Ticket, n: u128) -> NewHistoryEntry {
    NewHistoryEntry {
        id: HistoryEntryId::new(Uuid::from_u128(n)),
        ticket_id: ticket.id,
        action: Action::TicketCreated,
        performed_by: UserId::SYSTEM,
        performed_by_name: PersonName::known("System"),
        details: None,
        timestamp: Timestamp::EPOCH,
    }
}

/// A job that adds the customer and a ticket with two history entries.
pub(crate) fn seed() -> TransactionFn {
    Box::new(|tx| {
        tx.users().insert(&customer())?;
        let ticket = ticket(1);
        tx.tickets().insert(&ticket)?;
        tx.history().append(&entry(&ticket, 1))?;
        tx.history().append(&entry(&ticket, 2))?;
        Ok(())
    })
}

/// A job that adds a ticket.
pub(crate) fn add(serial: i64) -> TransactionFn {
    Box::new(move |tx: &mut dyn Repositories| Ok(tx.tickets().insert(&ticket(serial))?))
}

/// A job that says when it runs and then waits to be released.
pub(crate) fn held() -> (TransactionFn, Receiver<()>, Sender<()>) {
    let (started, has_started) = channel();
    let (release, released) = channel();
    let released = Arc::new(std::sync::Mutex::new(released));
    let job: TransactionFn = Box::new(move |_| {
        started.send(()).map_err(|_| Error::Forbidden("nobody waits"))?;
        released.lock().expect("unharmed").recv().map_err(|_| Error::Forbidden("nobody releases"))
    });
    (job, has_started, release)
}
