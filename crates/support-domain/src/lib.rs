//! The rules of a helpdesk: entities, the ticket's state machine, assignment, escalation, access and
//! workload, without I/O. `support-server` runs them over HTTP; other services can run them over storage of
//! their own.
//!
//! To add a command: write its use case in `usecase/`, a synchronous function over [`port::Repositories`],
//! and its method on [`desk::Desk`], which is the only way to change anything.
//!
//! The rules can be used by themselves, over storage of one's own (`examples/own_storage.rs` is a whole
//! service):
//!
//! ```
//! use support_domain::error::RuleViolation;
//! use support_domain::rules::transition;
//! use support_domain::value::Status;
//!
//! assert_eq!(transition::allowed(Status::Open), [Status::InProgress]);
//! assert_eq!(
//!     transition::check(Status::Closed, Status::Open),
//!     Err(RuleViolation::InvalidTransition { from: Status::Closed, to: Status::Open })
//! );
//! ```

pub mod actor;
pub mod command;
#[cfg(feature = "contract")]
pub mod contract;
pub mod desk;
pub mod entity;
pub mod erasure;
pub mod error;
pub mod event;
pub mod id;
pub mod memory;
pub mod port;
pub mod rules;
pub mod search;
#[cfg(feature = "system")]
pub mod system;
pub mod time;
pub mod usecase;
pub mod value;

#[cfg(test)]
mod fixture;

pub use chrono;
pub use uuid;
