//! The store contract on SQLite: a fresh file for each case.

use std::sync::Arc;

use support_domain::contract::Fixture;
use support_domain::port::Store;
use support_infra_diesel::{Options, SqliteStore};
use tempfile::TempDir;

use crate::common;

struct File {
    // Dropped before the directory.
    store: Arc<SqliteStore>,
    _directory: TempDir,
}

impl Fixture for File {
    fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store) as Arc<dyn Store>
    }
}

fn make() -> impl Fixture {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let store =
        SqliteStore::open(&directory.path().join("support.db"), &common::master(), &Options::default())
            .expect("a new database");
    File { store: Arc::new(store), _directory: directory }
}

support_domain::store_contract!(make);
