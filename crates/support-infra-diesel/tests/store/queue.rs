//! The bounded queue in front of a database.

use std::sync::Arc;
use std::thread;

use support_domain::contract::block_on;
use support_domain::error::{Error, StoreError};
use support_domain::port::Store;
use support_infra_diesel::{Options, PostgresOptions, PostgresStore, SqliteStore};

use crate::common;

fn narrow() -> Options {
    let postgres = PostgresOptions { connections: 1, ..PostgresOptions::default() };
    Options { queue_depth: 2, postgres, ..Options::default() }
}

/// With its one worker held and two jobs waiting, the store takes no third; later it does.
fn a_full_queue_refuses(store: &Arc<dyn Store>) {
    let (job, has_started, release) = common::held();
    thread::scope(|scope| {
        let first = scope.spawn(|| block_on(store.write(job)));
        has_started.recv().expect("the worker is held");
        let waiting = [store.write(Box::new(|_| Ok(()))), store.write(Box::new(|_| Ok(())))];
        let refused = block_on(store.write(Box::new(|_| Ok(()))));
        assert!(matches!(refused, Err(Error::Store(StoreError::Overloaded))), "{refused:?}");
        release.send(()).expect("released");
        first.join().expect("no panic").expect("done");
        for done in waiting {
            block_on(done).expect("those in the queue are done");
        }
    });
    block_on(store.write(Box::new(|_| Ok(())))).expect("there is room again");
}

/// Jobs in the queue are done before a store closes, and none is taken afterwards.
fn closing_finishes_what_waits(store: &Arc<dyn Store>, close: impl FnOnce() + Send) {
    block_on(store.write(common::seed())).expect("seeded");
    let (job, has_started, release) = common::held();
    thread::scope(|scope| {
        scope.spawn(|| block_on(store.write(job)));
        has_started.recv().expect("the worker is held");
        let waiting = [store.write(common::add(2)), store.write(common::add(3))];
        let closing = scope.spawn(close);
        release.send(()).expect("released");
        for done in waiting {
            block_on(done).expect("done before the end");
        }
        closing.join().expect("closed");
    });
    let late = block_on(store.write(common::add(4)));
    assert!(matches!(late, Err(Error::Store(StoreError::Unavailable))), "{late:?}");
}

/// A transaction for which nobody waits any more need not begin.
fn an_abandoned_job_is_not_begun(store: &Arc<dyn Store>) {
    block_on(store.write(common::seed())).expect("seeded");
    let (job, has_started, release) = common::held();
    thread::scope(|scope| {
        let first = scope.spawn(|| block_on(store.write(job)));
        has_started.recv().expect("the worker is held");
        drop(store.write(common::add(2)));
        release.send(()).expect("released");
        first.join().expect("no panic").expect("done");
    });
    let check = store.read(Box::new(|tx| {
        assert_eq!(tx.tickets().find(common::ticket(2).id)?, None);
        Ok(())
    }));
    block_on(check).expect("not there");
}

fn sqlite(directory: &tempfile::TempDir) -> Arc<SqliteStore> {
    Arc::new(
        SqliteStore::open(&directory.path().join("queue.db"), &common::master(), &narrow())
            .expect("a database"),
    )
}

#[test]
fn sqlite_refuses_when_full() {
    let directory = tempfile::tempdir().expect("a directory");
    a_full_queue_refuses(&(sqlite(&directory) as Arc<dyn Store>));
}

#[test]
fn sqlite_finishes_before_it_closes() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = sqlite(&directory);
    closing_finishes_what_waits(&(Arc::clone(&store) as Arc<dyn Store>), || store.shutdown());
}

#[test]
fn sqlite_skips_the_abandoned() {
    let directory = tempfile::tempdir().expect("a directory");
    an_abandoned_job_is_not_begun(&(sqlite(&directory) as Arc<dyn Store>));
}

#[test]
fn postgres_refuses_when_full() {
    let database = common::database();
    let store = PostgresStore::connect(&database.url(), &common::master(), &narrow()).expect("a connection");
    a_full_queue_refuses(&(Arc::new(store) as Arc<dyn Store>));
}

#[test]
fn postgres_finishes_before_it_closes() {
    let database = common::database();
    let store = Arc::new(
        PostgresStore::connect(&database.url(), &common::master(), &narrow()).expect("a connection"),
    );
    closing_finishes_what_waits(&(Arc::clone(&store) as Arc<dyn Store>), || store.shutdown());
}

#[test]
fn postgres_skips_the_abandoned() {
    let database = common::database();
    let store = PostgresStore::connect(&database.url(), &common::master(), &narrow()).expect("a connection");
    an_abandoned_job_is_not_begun(&(Arc::new(store) as Arc<dyn Store>));
}
