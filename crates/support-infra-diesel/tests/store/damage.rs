//! Rows that somebody else has damaged are reported with their place, and not passed on.

use diesel::prelude::*;
use support_domain::contract::block_on;
use support_domain::error::{Error, StoreError};
use support_domain::port::Store;
use support_infra_diesel::{Options, PostgresStore, SqliteStore};

use crate::common;

/// What damages the one ticket, and the column that is then reported.
const DAMAGES: &[(&str, &str)] = &[
    ("UPDATE tickets SET subject = ''", "subject"),
    ("UPDATE tickets SET subject = 'Card', tags = '[\"\"]'", "tags"),
    ("UPDATE tickets SET tags = '[]', assigned_to_name = 'Nobody'", "assigned_to_name"),
    ("UPDATE tickets SET assigned_to_name = NULL, status = 1", "assigned_to"),
];

fn assert_reported(store: &dyn Store, damage: impl Fn(&str)) {
    block_on(store.write(common::seed())).expect("seeded");
    let id = common::ticket(1).id;
    for (statement, expected) in DAMAGES {
        damage(statement);
        let found = block_on(store.read(Box::new(move |tx| Ok(tx.tickets().find(id).map(drop)?))));
        match found {
            Err(Error::Store(StoreError::Corrupt { table: "tickets", column, row })) => {
                assert_eq!((column, row), (*expected, id.to_string()), "{statement}");
            }
            other => panic!("{statement}: {other:?}"),
        }
    }
}

#[test]
fn damage_in_sqlite_is_reported() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("damaged.db");
    let store = SqliteStore::open(&path, &common::master(), &Options::default()).expect("a database");
    assert_reported(&store, |statement| {
        let mut conn = SqliteConnection::establish(path.to_str().expect("UTF-8")).expect("a connection");
        diesel::sql_query(statement).execute(&mut conn).expect("damaged");
    });
}

#[test]
fn damage_in_postgres_is_reported() {
    let database = common::database();
    let store = PostgresStore::connect(&database.url(), &common::master(), &Options::default())
        .expect("a connection");
    assert_reported(&store, |statement| {
        database.sql(statement).expect("damaged");
    });
}
