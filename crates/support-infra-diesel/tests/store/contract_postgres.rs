//! The store contract on PostgreSQL: a database of its own for each case, in the cluster of the run.

use std::sync::Arc;

use support_domain::contract::Fixture;
use support_domain::port::Store;
use support_infra_diesel::{Options, PostgresStore};
use support_testkit::postgres::Database;

use crate::common;

struct Copy {
    // Dropped before the database.
    store: Arc<PostgresStore>,
    _database: Database,
}

impl Fixture for Copy {
    fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store) as Arc<dyn Store>
    }
}

fn make() -> impl Fixture {
    let database = common::database();
    let store = PostgresStore::connect(&database.url(), &common::master(), &Options::default())
        .expect("a connection");
    Copy { store: Arc::new(store), _database: database }
}

support_domain::store_contract!(make);
