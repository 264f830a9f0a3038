//! The store contract on PostgreSQL: a database of its own for each case, in the cluster of the run.
#![cfg(test)]

use std::sync::Arc;

use support_domain::contract::Fixture;
use support_domain::port::Store;
use support_infra_diesel::{Options, PostgresStore, migrate};
use support_testkit::postgres::{Cluster, Database, Template};

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
    let cluster = Cluster::shared().expect("a cluster");
    let template = Template::prepared(&cluster, "infra", |url| migrate(url, &Options::default()).map(drop));
    let database = template.expect("a template").copy().expect("a database");
    let store = PostgresStore::connect(&database.url(), &Options::default()).expect("a connection");
    Copy { store: Arc::new(store), _database: database }
}

support_domain::store_contract!(make);
