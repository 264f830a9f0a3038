//! What every store must do, as a suite of cases that each store runs as tests of its own.
//!
//! ```
//! use std::sync::Arc;
//! use support_domain::{contract::Fixture, memory::MemoryStore, port::Store};
//!
//! /// Holds what the store needs to live; dropping it removes what was made for it.
//! struct Memory(Arc<MemoryStore>);
//!
//! impl Fixture for Memory {
//!     fn store(&self) -> Arc<dyn Store> {
//!         self.0.clone()
//!     }
//! }
//!
//! fn make() -> impl Fixture {
//!     Memory(Arc::new(MemoryStore::new()))
//! }
//!
//! support_domain::store_contract!(make);
//! # fn main() {}
//! ```
//!
//! Each case becomes a `#[test]` in a module named after its repository, so that a failure names the rule:
//! `tickets::numbers_ascend_from_one_in_each_year`. The module or binary around the macro names the store.
//!
//! Cases keep to what ports promise: they add users before agents and tickets, tickets before messages, lock
//! what they save, and let their jobs be run again. They need no runtime: [`block_on`] drives the store's
//! futures.
//!
//! To add a case: write it in the file of its repository and name it in `suite.rs`; one that is not named
//! there is dead code, which the compiler reports.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "cases are tests: a panic is how they fail, though clippy cannot see that here"
)]

mod agents;
mod attachments;
mod block_on;
mod concurrency;
mod departments;
mod erasure;
mod filters;
mod history;
mod idempotency;
mod messages;
mod notifications;
mod pages;
mod query;
mod sample;
mod scene;
mod search;
mod snapshot;
mod statistics;
mod suite;
mod tickets;
mod transactions;
mod users;
mod waiting;

use std::sync::Arc;

use crate::port::Store;

pub use block_on::block_on;
pub use suite::CASES;

/// A fresh store for one case. Dropping it should remove whatever was made for it.
pub trait Fixture {
    /// The store, empty before the case. Every call returns the same one.
    fn store(&self) -> Arc<dyn Store>;
}

impl<F: Fixture + ?Sized> Fixture for Box<F> {
    fn store(&self) -> Arc<dyn Store> {
        (**self).store()
    }
}

/// One rule that a store must obey.
#[derive(Clone, Copy)]
pub struct Case {
    /// The repository it is about.
    pub group: &'static str,
    /// What it says.
    pub name: &'static str,
    run: fn(&scene::Scene),
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}::{}", self.group, self.name)
    }
}

/// Runs the case that `group` and `name` name in [`CASES`] on a fresh store.
///
/// # Panics
/// When the store breaks the rule, or there is no such case.
pub fn run(group: &str, name: &str, fixture: &dyn Fixture) {
    let case =
        CASES.iter().find(|case| case.group == group && case.name == name).expect("a case of the suite");
    (case.run)(&scene::Scene::new(fixture.store()));
}
