//! One use case for each command: synchronous functions over the repositories, run in one transaction each.
//! They decide who may do it and what is written.

pub(crate) mod access;
mod context;
pub(crate) mod identities;
pub(crate) mod login;
pub(crate) mod second_factor;
pub(crate) mod sessions;

pub(crate) use context::UseCaseContext;
