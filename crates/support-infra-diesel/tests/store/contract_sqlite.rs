//! The store contracts on SQLite: a fresh file for each case.

use std::sync::Arc;

use support_auth::port::AuthStore;
use support_domain::port::Store;
use support_infra_diesel::{Options, SqliteStore};
use tempfile::TempDir;

use crate::common;

struct File {
    // Dropped before the directory.
    store: Arc<SqliteStore>,
    _directory: TempDir,
}

impl support_domain::contract::Fixture for File {
    fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store) as Arc<dyn Store>
    }
}

impl support_auth::contract::Fixture for File {
    fn desk(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store) as Arc<dyn Store>
    }

    fn store(&self) -> Arc<dyn AuthStore> {
        Arc::clone(&self.store) as Arc<dyn AuthStore>
    }
}

fn make() -> File {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let store =
        SqliteStore::open(&directory.path().join("support.db"), &common::master(), &Options::default())
            .expect("a new database");
    File { store: Arc::new(store), _directory: directory }
}

mod desk {
    use super::make;

    support_domain::store_contract!(make);
}

mod auth {
    use super::make;

    support_auth::auth_store_contract!(make);
}
