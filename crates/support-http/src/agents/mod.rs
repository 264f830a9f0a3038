//! Agents.

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod reset_totp;
pub(crate) mod update;
