//! Everybody's own notifications.

pub(crate) mod list;
pub(crate) mod read;
