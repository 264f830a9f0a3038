//! Two customers' tickets in a database that somebody else writes into.

use std::sync::{Arc, Mutex};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use support_domain::contract::block_on;
use support_domain::entity::{Customer, Message, Ticket, TicketRecord, User};
use support_domain::error::{Error, StoreError};
use support_domain::id::{MessageId, TicketId, UserId};
use support_domain::port::{MessageWindow, PageStart, Repositories, Sort, Store, TicketFilter, TicketQuery};
use support_domain::rules::access::Visibility;
use support_domain::time::Timestamp;
use support_domain::value::{EmailAddress, MessageText, PersonName, Phone, SenderType};
use support_infra_diesel::{Options, PostgresStore, SqliteStore};
use tempfile::TempDir;
use uuid::Uuid;

use crate::common;

/// A store, and its database as others see it.
pub(super) struct Scene {
    pub(super) url: String,
    pub(super) store: Arc<dyn Store>,
    /// Runs a statement; returns the first column of the rows, a line each.
    pub(super) sql: Box<dyn Fn(&str) -> String>,
    /// How the database writes bytes of these hexadecimal digits.
    pub(super) bytes: fn(&str) -> String,
    /// How it writes a column's bytes as hexadecimal digits.
    pub(super) digits: fn(&str) -> String,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

pub(super) fn on_sqlite(directory: &TempDir) -> Scene {
    let path = directory.path().join("sealed.db");
    let store = SqliteStore::open(&path, &common::master(), &Options::default()).expect("a database");
    let address = path.to_str().expect("UTF-8").to_owned();
    Scene {
        url: format!("sqlite://{address}"),
        store: Arc::new(store),
        sql: Box::new(move |statement| {
            let mut conn = SqliteConnection::establish(&address).expect("a connection");
            conn.batch_execute("PRAGMA busy_timeout = 5000").expect("a setting");
            if !statement.starts_with("SELECT") {
                conn.batch_execute(statement).expect("done");
                return String::new();
            }
            let lines: Vec<Line> =
                diesel::sql_query(format!("SELECT line FROM ({statement})")).load(&mut conn).expect("rows");
            lines.into_iter().map(|line| line.line).collect::<Vec<_>>().join("\n")
        }),
        bytes: |digits| format!("x'{digits}'"),
        digits: |column| format!("lower(hex({column}))"),
    }
}

pub(super) fn on_postgres() -> Scene {
    let database = common::database();
    let store = PostgresStore::connect(&database.url(), &common::master(), &Options::default())
        .expect("a connection");
    Scene {
        url: database.url(),
        store: Arc::new(store),
        sql: Box::new(move |statement| database.sql(statement).expect("done").trim().to_owned()),
        bytes: |digits| format!("decode('{digits}', 'hex')"),
        digits: |column| format!("encode({column}, 'hex')"),
    }
}

/// Runs `test` on both databases.
pub(super) fn on_both(test: fn(&Scene)) {
    let directory = tempfile::tempdir().expect("a directory");
    test(&on_sqlite(&directory));
    test(&on_postgres());
}

pub(super) fn person(n: u128) -> Customer {
    let name = ["Zoe Quux", "Yan Plugh"][usize::try_from(n - 1).expect("small")];
    Customer {
        id: UserId::new(Uuid::from_u128(n)),
        name: PersonName::known(name),
        email: Some(EmailAddress::parse(&format!("person{n}@example.org")).expect("an address")),
        phone: Some(Phone::parse("+233201234567").expect("a number")),
    }
}

pub(super) fn ticket(n: u128, customer: Customer) -> Ticket {
    let record = common::ticket(i64::try_from(n).expect("small")).into_record();
    Ticket::restore(TicketRecord { customer, ..record }).expect("consistent")
}

pub(super) fn message(ticket: &Ticket, sequence: i64) -> Message {
    Message {
        id: MessageId::new(Uuid::from_u128(
            ticket.id.uuid().as_u128() + u128::try_from(sequence).expect("positive"),
        )),
        ticket_id: ticket.id,
        sequence,
        sender_id: ticket.customer.id,
        sender_name: ticket.customer.name.clone(),
        sender_type: SenderType::Customer,
        text: MessageText::parse("my card is gone").expect("a text"),
        attachments: Vec::new(),
        client_message_id: None,
        is_read: false,
        created_at: Timestamp::EPOCH,
    }
}

/// Two customers with two tickets of two messages each.
pub(super) fn seed(scene: &Scene) -> Vec<Ticket> {
    let tickets: Vec<Ticket> = (1..=4).map(|n| ticket(n, person(n.div_ceil(2)))).collect();
    let kept = tickets.clone();
    write(scene, move |tx| {
        for n in 1..=2 {
            let Customer { id, name, email, phone } = person(n);
            tx.users().insert(&User { id, name, email, phone, ..common::customer() })?;
        }
        for (n, ticket) in (1..).zip(&tickets) {
            tx.tickets().insert(ticket)?;
            tx.history().append(&common::entry(ticket, n))?;
            tx.messages().append(&message(ticket, 1))?;
            tx.messages().append(&message(ticket, 2))?;
        }
        Ok(())
    });
    kept
}

pub(super) fn write(
    scene: &Scene,
    job: impl Fn(&mut dyn Repositories) -> Result<(), Error> + Send + 'static,
) {
    block_on(scene.store.write(Box::new(job))).expect("written");
}

pub(super) fn try_read<T: Send + 'static>(
    scene: &Scene,
    job: impl Fn(&mut dyn Repositories) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let answer = Arc::new(Mutex::new(None));
    let kept = Arc::clone(&answer);
    block_on(scene.store.read(Box::new(move |tx| {
        *kept.lock().expect("unharmed") = Some(job(tx)?);
        Ok(())
    })))?;
    let taken = answer.lock().expect("unharmed").take();
    Ok(taken.expect("the job was run"))
}

pub(super) fn find(scene: &Scene, id: TicketId) -> Result<Ticket, Error> {
    Ok(try_read(scene, move |tx| Ok(tx.tickets().find(id)?))?.expect("there"))
}

pub(super) fn list(scene: &Scene, words: &[&str]) -> Vec<Ticket> {
    let mut filter = TicketFilter::new(Visibility::All);
    filter.words = words.iter().map(|word| (*word).to_owned()).collect();
    let query = TicketQuery { filter, sort: Sort::default(), start: PageStart::First, limit: 50 };
    try_read(scene, move |tx| Ok(tx.tickets().list(&query)?.items)).expect("a list")
}

pub(super) fn texts(scene: &Scene, ticket: TicketId) -> Vec<String> {
    let messages = try_read(scene, move |tx| Ok(tx.messages().list(ticket, MessageWindow::Newest, 50)?));
    messages.expect("messages").into_iter().map(|message| message.text.into_string()).collect()
}

/// The column of `tickets` that is told to be damaged.
pub(super) fn damaged_column(scene: &Scene, id: TicketId) -> Option<&'static str> {
    match find(scene, id) {
        Ok(_) => None,
        Err(Error::Store(StoreError::Corrupt { table: "tickets", column, row })) => {
            assert_eq!(row, id.to_string());
            Some(column)
        }
        Err(other) => panic!("{other:?}"),
    }
}

/// The stored bytes of a column of the ticket with this serial, as hexadecimal digits.
pub(super) fn stored(scene: &Scene, column: &str, serial: u32) -> String {
    (scene.sql)(&format!(
        "SELECT {} AS line FROM tickets WHERE number_serial = {serial}",
        (scene.digits)(column)
    ))
}

pub(super) fn store(scene: &Scene, column: &str, serial: u32, digits: &str) {
    let bytes = (scene.bytes)(digits);
    (scene.sql)(&format!("UPDATE tickets SET {column} = {bytes} WHERE number_serial = {serial}"));
}

/// All values of a table, or all of the database's file and log, in lower case; of bytes that are no letters,
/// whatever is shown for them.
pub(super) fn dump(scene: &Scene, table: &str) -> String {
    if let Some(path) = scene.url.strip_prefix("sqlite://") {
        let bytes = [path.to_owned(), format!("{path}-wal")]
            .map(|file| std::fs::read(file).expect("a file"))
            .concat();
        return String::from_utf8_lossy(&bytes).to_lowercase();
    }
    let columns = format!(
        "SELECT CASE data_type WHEN 'bytea' THEN 'encode(' || column_name || ', ''escape'')' \
         ELSE 'CAST(' || column_name || ' AS text)' END FROM information_schema.columns WHERE table_name = '{table}'"
    );
    let columns = (scene.sql)(&columns);
    let values = |column: &str| (scene.sql)(&format!("SELECT coalesce({column}, '') AS line FROM {table}"));
    columns.lines().map(|column| values(column.trim()).to_lowercase()).collect()
}
