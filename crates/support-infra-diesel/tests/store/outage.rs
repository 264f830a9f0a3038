//! A database server that goes away and comes back.

use std::sync::Arc;
use std::time::Duration;

use support_domain::contract::block_on;
use support_domain::error::{Error, StoreError};
use support_domain::port::Store;
use support_infra_diesel::{Options, PostgresOptions, PostgresStore};
use support_testkit::postgres::{Cluster, Database, Durability};

use crate::common;

fn options() -> Options {
    let postgres = PostgresOptions {
        connections: 4,
        connect_timeout: Duration::from_secs(1),
        ..PostgresOptions::default()
    };
    Options { postgres, ..Options::default() }
}

fn ping(store: &dyn Store) -> Result<(), Error> {
    block_on(store.read(Box::new(|tx| tx.departments().list().map(drop).map_err(Error::from))))
}

#[test]
fn a_server_that_is_away_is_unavailable_and_comes_back() {
    let cluster = Cluster::private(Durability::Full).expect("a cluster");
    let database = Database::empty(&cluster).expect("a database");
    let store = Arc::new(
        PostgresStore::connect(&database.url(), &common::master(), &options()).expect("a connection"),
    );
    block_on(store.write(common::seed())).expect("seeded");

    cluster.crash().expect("crashed");
    let away = ping(&*store);
    assert!(matches!(away, Err(Error::Store(StoreError::Unavailable))), "{away:?}");
    let away = block_on(store.write(common::add(2)));
    assert!(matches!(away, Err(Error::Store(StoreError::Unavailable))), "{away:?}");

    cluster.start().expect("started");
    ping(&*store).expect("connected anew");
    block_on(store.write(common::add(3))).expect("written");
    let check = store.read(Box::new(|tx| {
        assert!(tx.tickets().find(common::ticket(1).id)?.is_some(), "what was committed is there");
        assert!(tx.tickets().find(common::ticket(3).id)?.is_some());
        Ok(())
    }));
    block_on(check).expect("read");
}

#[test]
fn connections_that_broke_are_replaced_without_a_failure() {
    let cluster = Cluster::shared().expect("a cluster");
    let database = Database::empty(&cluster).expect("a database");
    let store = PostgresStore::connect(&database.url(), &common::master(), &options()).expect("a connection");
    block_on(store.write(common::seed())).expect("seeded");
    let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                  WHERE datname = current_database() AND pid <> pg_backend_pid()";
    database.sql(others).expect("ended");
    block_on(store.write(common::add(2))).expect("the caller does not notice");
    database.sql(others).expect("ended");
    ping(&store).expect("nor does a reader");
}

#[test]
fn a_statement_that_takes_too_long_is_unavailable() {
    let database = common::database();
    let mut short = options();
    short.postgres.lock_timeout = Duration::from_millis(50);
    let store =
        Arc::new(PostgresStore::connect(&database.url(), &common::master(), &short).expect("a connection"));
    block_on(store.write(common::seed())).expect("seeded");
    let (started, has_started) = std::sync::mpsc::channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    std::thread::scope(|scope| {
        let holder = scope.spawn(|| {
            block_on(store.write(Box::new(move |tx| {
                tx.tickets().lock(common::ticket(1).id)?;
                let _held = started.send(());
                let _ended = released.lock().expect("unharmed").recv();
                Ok(())
            })))
        });
        has_started.recv().expect("locked");
        let waits = block_on(store.write(Box::new(|tx| {
            tx.tickets().lock(common::ticket(1).id)?;
            Ok(())
        })));
        assert!(matches!(waits, Err(Error::Store(StoreError::Unavailable))), "{waits:?}");
        release.send(()).expect("released");
        holder.join().expect("no panic").expect("kept");
    });
}
