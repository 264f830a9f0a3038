//! A private `PostgreSQL` for the tests: never a server that happens to run on the machine.
//!
//! [`Cluster::shared`] is one cluster for the whole test run. The first test that asks for it creates it with
//! `initdb` in a temporary directory, listening on a Unix socket only; the other tests of the run, in this
//! process or in others, find it there. A watchdog process ends it when the run ends, however it ends.
//! [`Cluster::private`] is one cluster for one test, for tests that crash it or that need it durable.
//!
//! [`Database`] is a database of its own for one test, a copy of a [`Template`] that is migrated once a run.

mod account;
mod cluster;
mod database;
mod directory;
mod owner;
mod programs;

pub use cluster::{Cluster, Durability};
pub use database::{Database, Template};
