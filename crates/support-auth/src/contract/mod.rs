//! What every store must do, as a suite of cases that each store runs as tests of its own.
//!
//! ```
//! use std::sync::Arc;
//! use support_auth::{contract::Fixture, memory::MemoryAuthStore, port::AuthStore};
//! use support_domain::{memory::MemoryStore, port::Store};
//!
//! /// Holds what the store needs to live; dropping it removes what was made for it.
//! struct Memory(Arc<MemoryStore>, Arc<MemoryAuthStore>);
//!
//! impl Fixture for Memory {
//!     fn desk(&self) -> Arc<dyn Store> {
//!         self.0.clone()
//!     }
//!
//!     fn store(&self) -> Arc<dyn AuthStore> {
//!         self.1.clone()
//!     }
//! }
//!
//! fn make() -> impl Fixture {
//!     let desk = Arc::new(MemoryStore::new());
//!     Memory(Arc::clone(&desk), Arc::new(MemoryAuthStore::beside(desk)))
//! }
//!
//! support_auth::auth_store_contract!(make);
//! # fn main() {}
//! ```
//!
//! Each case becomes a `#[test]` in a module named after its repository, so that a failure names the rule:
//! `sessions::a_session_is_revoked_whole`. The module or binary around the macro names the store.
//!
//! Cases keep to what ports promise: they add users to the desk before anything of theirs here, lock what
//! they save, and let their jobs be run again. They need no runtime.
//!
//! To add a case: write it in the file of its repository and name it in `suite.rs`; one that is not named
//! there is dead code, which the compiler reports.
#![expect(
    clippy::expect_used,
    reason = "cases are tests: a panic is how they fail, though clippy cannot see that here"
)]

mod accounts;
mod case;
mod erasure;
mod identities;
mod sample;
mod scene;
mod second_factors;
mod sessions;
mod suite;
mod transactions;

pub use case::{Case, Fixture};
pub use suite::CASES;

/// Runs the case that `group` and `name` name in [`CASES`] on a fresh store.
///
/// # Panics
/// When the store breaks the rule, or there is no such case.
pub fn run(group: &str, name: &str, fixture: &dyn Fixture) {
    case::run_case(CASES, group, name, fixture);
}
