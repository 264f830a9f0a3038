//! The store contracts on PostgreSQL: a database of its own for each case, in the cluster of the run.

use std::sync::Arc;

use support_auth::port::AuthStore;
use support_domain::port::Store;
use support_infra_diesel::{Options, PostgresStore};
use support_testkit::postgres::Database;

use crate::common;

struct Copy {
    // Dropped before the database.
    store: Arc<PostgresStore>,
    _database: Database,
}

impl support_domain::contract::Fixture for Copy {
    fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store) as Arc<dyn Store>
    }
}

impl support_auth::contract::Fixture for Copy {
    fn desk(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store) as Arc<dyn Store>
    }

    fn store(&self) -> Arc<dyn AuthStore> {
        Arc::clone(&self.store) as Arc<dyn AuthStore>
    }
}

fn make() -> Copy {
    let database = common::database();
    let store = PostgresStore::connect(&database.url(), &common::master(), &Options::default())
        .expect("a connection");
    Copy { store: Arc::new(store), _database: database }
}

mod desk {
    use super::make;

    support_domain::store_contract!(make);
}

mod auth {
    use super::make;

    support_auth::auth_store_contract!(make);
}
