//! Personal data is sealed: what somebody changes or moves in the database is told as damage of its row, and of no other.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use support_domain::contract::block_on;
use support_domain::entity::{Customer, Message, Ticket, TicketRecord};
use support_domain::erasure;
use support_domain::error::{Error, StoreError};
use support_domain::id::{MessageId, TicketId, UserId};
use support_domain::port::{MessageWindow, Repositories, Sort, Start, Store, TicketFilter, TicketQuery};
use support_domain::rules::access::Visibility;
use support_domain::time::Timestamp;
use support_domain::value::{EmailAddress, MessageText, PersonName, Phone, SenderType};
use support_infra_diesel::{MasterKey, OpenError, Options, PostgresStore, SqliteStore, open, rotate_keys};
use tempfile::TempDir;
use uuid::Uuid;

use crate::common;

/// A store, and its database as others see it.
struct Scene {
    url: String,
    store: Arc<dyn Store>,
    /// Runs a statement; answers the first column of the rows, a line each.
    sql: Box<dyn Fn(&str) -> String>,
    /// How the database writes bytes of these hexadecimal digits.
    bytes: fn(&str) -> String,
    /// How it writes a column's bytes as hexadecimal digits.
    digits: fn(&str) -> String,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn on_sqlite(directory: &TempDir) -> Scene {
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

fn on_postgres() -> Scene {
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
fn on_both(test: fn(&Scene)) {
    let directory = tempfile::tempdir().expect("a directory");
    test(&on_sqlite(&directory));
    test(&on_postgres());
}

fn person(n: u128) -> Customer {
    let name = ["Zoe Quux", "Yan Plugh"][usize::try_from(n - 1).expect("small")];
    Customer {
        id: UserId::new(Uuid::from_u128(n)),
        name: PersonName::known(name),
        email: Some(EmailAddress::parse(&format!("person{n}@example.org")).expect("an address")),
        phone: Some(Phone::parse("+233201234567").expect("a number")),
    }
}

fn ticket(n: u128, customer: Customer) -> Ticket {
    let record: TicketRecord = (*common::ticket(i64::try_from(n).expect("small"))).clone();
    Ticket::restore(TicketRecord { customer, ..record }).expect("consistent")
}

fn message(ticket: &Ticket, sequence: i64) -> Message {
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
fn seed(scene: &Scene) -> Vec<Ticket> {
    let tickets: Vec<Ticket> = (1..=4).map(|n| ticket(n, person(n.div_ceil(2)))).collect();
    let kept = tickets.clone();
    write(scene, move |tx| {
        for n in 1..=2 {
            let Customer { id, name, email, phone } = person(n);
            tx.users().insert(&support_domain::entity::User {
                id,
                name,
                email,
                phone,
                ..common::customer()
            })?;
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

fn write(scene: &Scene, job: impl Fn(&mut dyn Repositories) -> Result<(), Error> + Send + 'static) {
    block_on(scene.store.write(Box::new(job))).expect("written");
}

fn try_read<T: Send + 'static>(
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

fn find(scene: &Scene, id: TicketId) -> Result<Ticket, Error> {
    Ok(try_read(scene, move |tx| Ok(tx.tickets().find(id)?))?.expect("there"))
}

fn list(scene: &Scene, words: &[&str]) -> Vec<Ticket> {
    let mut filter = TicketFilter::new(Visibility::All);
    filter.words = words.iter().map(|word| (*word).to_owned()).collect();
    let query = TicketQuery { filter, sort: Sort::default(), start: Start::First, limit: 50 };
    try_read(scene, move |tx| Ok(tx.tickets().list(&query)?.items)).expect("a list")
}

fn texts(scene: &Scene, ticket: TicketId) -> Vec<String> {
    let messages = try_read(scene, move |tx| Ok(tx.messages().list(ticket, MessageWindow::Newest, 50)?));
    messages.expect("messages").into_iter().map(|message| message.text.into_string()).collect()
}

/// The column of `tickets` that is told to be damaged.
fn damaged_column(scene: &Scene, id: TicketId) -> Option<&'static str> {
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
fn stored(scene: &Scene, column: &str, serial: u32) -> String {
    (scene.sql)(&format!(
        "SELECT {} AS line FROM tickets WHERE number_serial = {serial}",
        (scene.digits)(column)
    ))
}

fn store(scene: &Scene, column: &str, serial: u32, digits: &str) {
    let bytes = (scene.bytes)(digits);
    (scene.sql)(&format!("UPDATE tickets SET {column} = {bytes} WHERE number_serial = {serial}"));
}

fn nothing_is_stored_as_it_was_written(scene: &Scene) {
    seed(scene);
    let tables = [
        "users",
        "data_keys",
        "encryption_keys",
        "tickets",
        "messages",
        "ticket_history",
        "notifications",
        "outbox",
    ];
    let all: String = tables.iter().map(|table| dump(scene, table)).collect();
    for text in ["zoe", "quux", "plugh", "person1", "201234567", "card is gone"] {
        assert!(!all.contains(text), "{text} in {all}");
    }
    assert!(all.contains("tkt"), "what is stored was looked at: {all}");
}

/// All values of a table, or all of the database's file and log, in lower case; of bytes that are no letters, whatever is shown
/// for them.
fn dump(scene: &Scene, table: &str) -> String {
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

fn search_finds_names_by_every_beginning(scene: &Scene) {
    seed(scene);
    let found = |words: &[&str]| list(scene, words).len();
    for (words, expected) in [
        (&["zoe"][..], 2),
        (&["z"], 2),
        (&["qu"], 2),
        (&["zoe", "quux"], 2),
        (&["zoe", "plugh"], 0),
        (&["oe"], 0),
        (&["zoex"], 0),
        (&["card", "yan"], 2),
        (&["card"], 4),
    ] {
        assert_eq!(found(words), expected, "{words:?}");
    }
}

fn one_changed_bit_is_damage_of_that_row_alone(scene: &Scene) {
    let tickets = seed(scene);
    let id = tickets[0].id;
    for column in ["customer", "description"] {
        let sound = stored(scene, column, 1);
        for at in [0, 7, 15, 16, 40, sound.len() / 2, sound.len() - 1] {
            let mut changed = sound.clone();
            let digit = u8::from_str_radix(&sound[at..=at], 16).expect("a digit") ^ 1;
            changed.replace_range(at..=at, &format!("{digit:x}"));
            store(scene, column, 1, &changed);
            assert_eq!(damaged_column(scene, id), Some(column), "digit {at} of {}", sound.len());
            assert!(tickets[1..].iter().all(|ticket| damaged_column(scene, ticket.id).is_none()));
            let listed = list(scene, &[]);
            assert_eq!(listed.len(), 4, "the list is whole");
            let shown = listed.iter().find(|ticket| ticket.id == id).expect("listed");
            assert_eq!(shown.customer.name.as_str(), erasure::DAMAGED_NAME);
            assert_eq!(shown.description.as_str(), erasure::DAMAGED_TEXT);
            let unharmed = listed.iter().find(|ticket| ticket.id == tickets[1].id).expect("listed");
            assert_eq!(unharmed.customer, tickets[1].customer);
        }
        store(scene, column, 1, "");
        assert_eq!(damaged_column(scene, id), Some(column), "nothing left");
        store(scene, column, 1, &sound);
        assert_eq!(damaged_column(scene, id), None, "put right");
    }
}

fn what_is_moved_is_damage(scene: &Scene) {
    let tickets = seed(scene);
    let moves = [
        // To another ticket of the same customer, to another customer's, and to another column.
        ("customer", "SELECT customer FROM tickets WHERE number_serial = 2"),
        ("customer", "SELECT customer FROM tickets WHERE number_serial = 3"),
        ("customer", "SELECT description FROM tickets WHERE number_serial = 1"),
        (
            "customer",
            "SELECT person FROM users JOIN tickets AS own ON customer_id = users.id WHERE number_serial = 1",
        ),
        ("description", "SELECT description FROM tickets WHERE number_serial = 2"),
    ];
    for (column, source) in moves {
        let sound = stored(scene, column, 1);
        (scene.sql)(&format!("UPDATE tickets SET {column} = ({source}) WHERE number_serial = 1"));
        assert_eq!(damaged_column(scene, tickets[0].id), Some(column), "{source}");
        assert_eq!(damaged_column(scene, tickets[1].id), None);
        store(scene, column, 1, &sound);
    }
    // A ticket that is given to another customer.
    let other = (scene.sql)(&format!(
        "SELECT {} AS line FROM tickets WHERE number_serial = 3",
        if scene.url.starts_with("sqlite") { "hex(customer_id)" } else { "customer_id::text" }
    ));
    let other = if scene.url.starts_with("sqlite") { format!("x'{other}'") } else { format!("'{other}'") };
    (scene.sql)(&format!("UPDATE tickets SET customer_id = {other} WHERE number_serial = 1"));
    assert!(damaged_column(scene, tickets[0].id).is_some());
}

fn a_damaged_message_leaves_its_conversation_whole(scene: &Scene) {
    let tickets = seed(scene);
    (scene.sql)(
        "UPDATE messages SET content = (SELECT content FROM messages AS other WHERE other.ticket_id = messages.ticket_id \
         AND other.sequence = 2) WHERE sequence = 1",
    );
    for ticket in tickets {
        assert_eq!(texts(scene, ticket.id), [erasure::DAMAGED_TEXT, "my card is gone"]);
    }
}

fn a_damaged_data_key_is_damage_of_its_owner_alone(scene: &Scene) {
    let tickets = seed(scene);
    (scene.sql)(
        "UPDATE data_keys SET sealed = (SELECT sealed FROM data_keys AS other WHERE other.owner_id <> data_keys.owner_id) \
         WHERE owner_id = (SELECT customer_id FROM tickets WHERE number_serial = 1)",
    );
    let fresh = open(&scene.url, &common::master(), &Options::default()).expect("opened again");
    let id = tickets[0].id;
    let found = block_on(fresh.read(Box::new(move |tx| Ok(tx.tickets().find(id).map(drop)?))));
    assert!(matches!(found, Err(Error::Store(StoreError::Corrupt { table: "data_keys", .. }))), "{found:?}");
    let sound = tickets[2].clone();
    let same = fresh.read(Box::new(move |tx| {
        assert_eq!(tx.tickets().find(sound.id)?.as_ref(), Some(&sound));
        Ok(())
    }));
    block_on(same).expect("the other customer's");
}

fn another_master_key_is_refused(scene: &Scene) {
    seed(scene);
    let refused = open(&scene.url, &MasterKey::new([8; 32]), &Options::default()).map(drop);
    assert!(matches!(refused, Err(OpenError::WrongKey)), "{refused:?}");
    let refused = rotate_keys(&scene.url, &MasterKey::new([8; 32]), &Options::default()).map(drop);
    assert!(refused.expect_err("refused").to_string().contains("master key"));
}

fn rotation_seals_everything_anew(scene: &Scene) {
    let tickets = seed(scene);
    let broken = stored(scene, "description", 4);
    store(scene, "description", 4, &format!("{}00", &broken[..broken.len() - 2]));
    let before: Vec<String> = (1..=3).map(|n| stored(scene, "customer", n)).collect();
    let rotation = rotate_keys(&scene.url, &common::master(), &Options::default()).expect("rotated");
    assert_eq!(rotation.key, 2);
    assert_eq!(rotation.damaged, [format!("tickets.description of row {}", tickets[3].id)]);
    // Data keys and users, two columns of each ticket but one damaged, and messages.
    assert_eq!(rotation.resealed, 2 + 2 + 2 * 4 - 1 + 8);
    for (n, before) in (1..).zip(before) {
        let after = stored(scene, "customer", n);
        assert!(after != before && after.starts_with("00000002"), "{after}");
    }
    // Both the process that ran meanwhile and a new one read what was sealed anew.
    let fresh = open(&scene.url, &common::master(), &Options::default()).expect("opened again");
    let expected = tickets[0].clone();
    let same = fresh.read(Box::new(move |tx| {
        assert_eq!(tx.tickets().find(expected.id)?.as_ref(), Some(&expected));
        assert_eq!(tx.history().list(expected.id, 0, 10)?.len(), 1);
        Ok(())
    }));
    block_on(same).expect("the same ticket");
    assert_eq!(find(scene, tickets[0].id).expect("found"), tickets[0]);
    assert_eq!(texts(scene, tickets[1].id), ["my card is gone", "my card is gone"]);
    // What is written now is sealed by the new key.
    let more = message(&tickets[0], 3);
    write(scene, move |tx| Ok(tx.messages().append(&more)?));
    let heads =
        (scene.sql)(&format!("SELECT substr({}, 1, 8) AS line FROM messages", (scene.digits)("content")));
    let heads: BTreeSet<&str> = heads.lines().map(str::trim).collect();
    assert_eq!(heads, BTreeSet::from(["00000002"]));
    // With the damage gone, a further rotation removes the first key.
    store(scene, "description", 4, &broken);
    let again = rotate_keys(&scene.url, &common::master(), &Options::default()).expect("rotated again");
    assert_eq!((again.key, again.damaged), (3, Vec::new()));
    let keys = (scene.sql)("SELECT CAST(id AS TEXT) AS line FROM encryption_keys ORDER BY id");
    assert_eq!(keys.lines().map(str::trim).collect::<Vec<_>>(), ["2", "3"]);
    assert_eq!(find(scene, tickets[3].id).expect("found"), tickets[3]);
}

macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod both {
            $(#[test]
            fn $test() {
                super::on_both(super::$test);
            })+
        }
    };
}

on_both!(
    nothing_is_stored_as_it_was_written,
    search_finds_names_by_every_beginning,
    one_changed_bit_is_damage_of_that_row_alone,
    what_is_moved_is_damage,
    a_damaged_message_leaves_its_conversation_whole,
    a_damaged_data_key_is_damage_of_its_owner_alone,
    another_master_key_is_refused,
    rotation_seals_everything_anew,
);
