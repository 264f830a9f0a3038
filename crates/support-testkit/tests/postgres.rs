//! The private clusters, as tests use them.
#![cfg(test)]

use std::convert::Infallible;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use support_testkit::Result;
use support_testkit::postgres::{Cluster, Database, Durability, Template};

/// Somebody who is connected to a database and stays.
fn connect(url: &str) -> Child {
    let mut psql = Command::new("psql");
    psql.arg(url).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    psql.spawn().unwrap()
}

/// Waits until somebody else is connected to the database that `sql` asks.
fn wait_for_company(sql: impl Fn(&str) -> Result<String>) {
    let others = "SELECT count(*) FROM pg_stat_activity
                  WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()";
    while sql(others).unwrap() == "0\n" {
        thread::yield_now();
    }
}

fn numbers() -> Template {
    let cluster = Cluster::shared().unwrap();
    let mut connected = None;
    let template = Template::prepared(&cluster, "numbers", |url| {
        let sql = |statements: &str| cluster.sql("template_numbers", statements);
        // Like a pool that is still closing when the preparation has ended.
        connected = Some(connect(url));
        wait_for_company(sql);
        sql("CREATE TABLE numbers (n integer); INSERT INTO numbers VALUES (1)").map(drop)
    });
    if let Some(mut psql) = connected {
        drop(psql.stdin.take());
        psql.wait().unwrap();
    }
    template.unwrap()
}

#[test]
fn copies_of_a_template_are_separate() {
    let numbers = numbers();
    let (one, other) = (numbers.copy().unwrap(), numbers.copy().unwrap());
    assert_eq!(one.sql("INSERT INTO numbers VALUES (2) RETURNING n").unwrap(), "2\n");
    assert_eq!(one.sql("SELECT count(*) FROM numbers").unwrap(), "2\n");
    assert_eq!(other.sql("SELECT count(*) FROM numbers").unwrap(), "1\n");
}

#[test]
fn many_tests_copy_a_template_at_once() {
    let numbers = numbers();
    let count = || numbers.copy().unwrap().sql("SELECT count(*) FROM numbers").unwrap();
    thread::scope(|scope| {
        let copies: Vec<_> = (0..6).map(|_| scope.spawn(count)).collect();
        for copy in copies {
            assert_eq!(copy.join().unwrap(), "1\n");
        }
    });
}

#[test]
fn a_template_is_prepared_once_and_again_only_after_a_failure() {
    let cluster = Cluster::shared().unwrap();
    let calls = AtomicU32::new(0);
    let prepare = |fails: bool| {
        Template::prepared(&cluster, "counted", |_| {
            calls.fetch_add(1, Ordering::Relaxed);
            if fails { Err("no such migration") } else { Ok(()) }
        })
    };
    let error = prepare(true).unwrap_err();
    assert_eq!(format!("{error:?}"), "failed to prepare the template database counted: no such migration");
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    prepare(false).unwrap();
    prepare(false).unwrap();
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

#[test]
fn a_database_is_dropped_even_while_someone_is_connected() {
    let cluster = Cluster::shared().unwrap();
    let database = Database::empty(&cluster).unwrap();
    let mut psql = connect(&database.url());
    wait_for_company(|statements| database.sql(statements));
    let name = database.sql("SELECT current_database()").unwrap();
    let exists = format!("SELECT count(*) FROM pg_database WHERE datname = '{}'", name.trim());
    assert_eq!(cluster.sql("postgres", &exists).unwrap(), "1\n");
    drop(database);
    assert_eq!(cluster.sql("postgres", &exists).unwrap(), "0\n");
    drop(psql.stdin.take());
    psql.wait().unwrap();
}

#[test]
fn the_shared_cluster_is_one_and_cannot_be_crashed() {
    let (one, other) = (Cluster::shared().unwrap(), Cluster::shared().unwrap());
    assert_eq!(one.pid().unwrap(), other.pid().unwrap());
    assert_eq!(one.directory(), other.directory());
    one.crash().unwrap_err();
    assert_eq!(one.sql("postgres", "SHOW fsync").unwrap(), "off\n");
    assert_eq!(one.sql("postgres", "SHOW listen_addresses").unwrap(), "\n");
}

#[test]
fn a_durable_cluster_keeps_what_was_committed_before_a_crash() {
    let cluster = Cluster::private(Durability::Full).unwrap();
    assert_eq!(cluster.sql("postgres", "SHOW fsync").unwrap(), "on\n");
    let template = Template::prepared(&cluster, "empty", |_| Ok::<(), Infallible>(())).unwrap();
    let database = template.copy().unwrap();
    database.sql("CREATE TABLE kept (n integer); INSERT INTO kept VALUES (17)").unwrap();
    cluster.crash().unwrap();
    database.sql("SELECT n FROM kept").unwrap_err();
    cluster.start().unwrap();
    assert_eq!(database.sql("SELECT n FROM kept").unwrap(), "17\n");
}

#[test]
fn a_private_cluster_goes_away_with_its_last_clone() {
    let cluster = Cluster::private(Durability::Relaxed).unwrap();
    let (directory, pid) = (cluster.directory().to_owned(), cluster.pid().unwrap());
    let clone = cluster.clone();
    drop(cluster);
    assert_eq!(clone.pid().unwrap(), pid);
    drop(clone);
    assert!(!directory.exists());
    // Where nobody reaps orphans a zombie stays, and a zombie has no command line.
    assert_eq!(fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default(), b"");
}
