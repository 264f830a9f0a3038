//! The rules of `docs/contract.md`, section 3, as pure functions.

pub mod access;
pub mod assignment;
pub mod chain;
pub mod chain_digest;
pub mod escalation;
pub mod statistics;
pub mod transition;
