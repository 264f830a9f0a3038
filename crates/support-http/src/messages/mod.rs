//! Chat messages.

pub(crate) mod list;
pub(crate) mod mark_read;
pub(crate) mod send;
