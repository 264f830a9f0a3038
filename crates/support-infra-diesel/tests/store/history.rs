//! Histories can be neither changed nor deleted.

use std::sync::{Arc, Mutex};

use diesel::prelude::*;
use support_domain::contract::block_on;
use support_domain::entity::HistoryEntry;
use support_domain::port::Store;
use support_infra_diesel::{Options, PostgresStore, SqliteStore};

use crate::common;

/// Every way to change an entry that SQL has, in both databases.
const CHANGES: &[&str] = &[
    "UPDATE ticket_history SET content = hash",
    "UPDATE ticket_history SET sequence = 7 WHERE sequence = 2",
    "DELETE FROM ticket_history WHERE sequence = 2",
    "DELETE FROM ticket_history",
];

fn history(store: &dyn Store) -> Vec<HistoryEntry> {
    let found = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&found);
    let job = store.read(Box::new(move |tx| {
        *kept.lock().expect("unharmed") = tx.history().list(common::ticket(1).id, 0, 10)?;
        Ok(())
    }));
    block_on(job).expect("read");
    found.lock().expect("unharmed").clone()
}

#[test]
fn sqlite_refuses_changes() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("history.db");
    let store = SqliteStore::open(&path, &common::master(), &Options::default()).expect("a database");
    block_on(store.write(common::seed())).expect("seeded");
    let before = history(&store);
    assert_eq!(before.len(), 2);
    let mut conn = SqliteConnection::establish(path.to_str().expect("UTF-8")).expect("a connection");
    let replace = "INSERT OR REPLACE INTO ticket_history SELECT id, ticket_id, sequence, action, performed_by, \
                   performed_by_name, hash, timestamp, previous_hash, hash FROM ticket_history";
    for change in CHANGES.iter().chain(&[replace]) {
        let refused = diesel::sql_query(*change).execute(&mut conn).expect_err("refused").to_string();
        assert!(refused.contains("append-only"), "{change}: {refused}");
    }
    assert_eq!(history(&store), before);
}

#[test]
fn postgres_refuses_changes() {
    let database = common::database();
    let store = PostgresStore::connect(&database.url(), &common::master(), &Options::default())
        .expect("a connection");
    block_on(store.write(common::seed())).expect("seeded");
    let before = history(&store);
    assert_eq!(before.len(), 2);
    for change in CHANGES.iter().chain(&["TRUNCATE ticket_history", "TRUNCATE tickets CASCADE"]) {
        let refused = database.sql(change).expect_err("refused").to_string();
        assert!(refused.contains("append-only"), "{change}: {refused}");
    }
    assert_eq!(history(&store), before);
}
