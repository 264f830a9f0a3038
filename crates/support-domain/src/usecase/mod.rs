//! One use case for each command: synchronous functions over the repositories, run by [`crate::desk::Desk`]
//! in one transaction each. They decide who may do it, apply the rules, write rows and history, and name the
//! events.

pub(crate) mod agents;
pub(crate) mod assign;
pub(crate) mod attachments;
pub(crate) mod audit;
mod context;
pub(crate) mod create_ticket;
pub(crate) mod customers;
pub(crate) mod departments;
pub(crate) mod dispatch;
pub(crate) mod escalate;
pub(crate) mod messages;
pub(crate) mod notify;
pub(crate) mod tickets;
pub(crate) mod update_ticket;
pub(crate) mod users;
mod workload;

pub use attachments::PruneOutcome;
pub use context::{Policy, PostCommitEffects, UseCaseContext};
