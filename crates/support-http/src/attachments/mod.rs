//! Files of tickets.

pub(crate) mod download;
mod failure;
mod form;
pub(crate) mod upload;
