//! A store in memory beside the desk's ([`support_domain::memory::MemoryStore`]): for tests, and services
//! that need no database.
//!
//! [`MemoryAuthStore`] passes the same contract suite as the databases (`contract/`). Its limits:
//! - Nothing is kept beyond the process, and nothing is encrypted.
//! - One transaction runs at a time, reads and those of the desk included, on the thread that polls it.
//! - Each transaction works on a copy of all that is kept here: meant for thousands of sessions.
//!
//! To add a repository: implement its trait on `transaction::Transaction` in a file of the same name as in
//! `port/`, with its tables in `tables.rs`.

mod accounts;
mod identities;
mod second_factors;
mod sessions;
mod store;
mod tables;
mod transaction;

pub use store::MemoryAuthStore;
