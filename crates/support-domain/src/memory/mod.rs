//! A store in memory, a clock that stands still and ids that can be predicted: for tests, replays, and
//! services that need the rules without a database.
//!
//! [`MemoryStore`] passes the same contract suite as the databases (`contract/`). Its limits:
//! - Nothing is kept beyond the process, and nothing is encrypted.
//! - One transaction runs at a time, reads included, on the thread that polls it.
//! - Lists, statistics and renaming a department look at every ticket: meant for thousands of tickets, not
//!   millions.
//!
//! A transaction changes the state in place; each `table::Table` notes what it overwrote, so that undoing
//! costs as much as was changed and keeping costs nothing.
//!
//! To add a repository: implement its trait on `state::State` in a file of the same name as in `port/`, with
//! its tables in `state.rs`.

mod agents;
mod attachments;
mod clock;
mod departments;
mod erasure;
#[cfg(test)]
mod failing_store;
mod history;
mod idempotency;
mod ids;
mod messages;
mod notifications;
mod publisher;
mod recorded_entry;
mod state;
mod statistics;
mod store;
mod table;
mod tickets;
mod user_table;
mod users;

pub use clock::ManualClock;
#[cfg(test)]
pub(crate) use failing_store::FailingStore;
pub use ids::SequentialIds;
pub use publisher::RecordingPublisher;
pub use store::MemoryStore;
pub use user_table::UserTable;
