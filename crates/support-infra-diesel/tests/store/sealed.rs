//! Personal data is sealed: what somebody changes or moves in the database is told as damage of its row, and
//! of no other.

mod scene;

use std::collections::BTreeSet;

use support_domain::contract::block_on;
use support_domain::erasure;
use support_domain::error::{Error, StoreError};
use support_infra_diesel::{MasterKey, OpenError, Options, open, rotate_keys};

use crate::common;
use scene::{Scene, damaged_column, dump, find, list, message, seed, store, stored, texts, write};

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
    let found = block_on(fresh.desk.read(Box::new(move |tx| Ok(tx.tickets().find(id).map(drop)?))));
    assert!(matches!(found, Err(Error::Store(StoreError::Corrupt { table: "data_keys", .. }))), "{found:?}");
    let sound = tickets[2].clone();
    let same = fresh.desk.read(Box::new(move |tx| {
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

fn a_database_from_before_encryption_is_refused(scene: &Scene) {
    (scene.sql)("DROP TABLE data_keys");
    (scene.sql)("DROP TABLE encryption_keys");
    let refused = open(&scene.url, &common::master(), &Options::default()).map(drop);
    assert!(matches!(refused, Err(OpenError::Unencrypted)), "{refused:?}");
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
    let same = fresh.desk.read(Box::new(move |tx| {
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
                super::scene::on_both(super::$test);
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
    a_database_from_before_encryption_is_refused,
    rotation_seals_everything_anew,
);
