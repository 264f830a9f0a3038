//! Agents.

pub(crate) mod create;
pub(crate) mod list;
mod params;
pub(crate) mod read;
pub(crate) mod reset_totp;
pub(crate) mod update;
