//! One's own second factor.

pub(crate) mod confirm;
pub(crate) mod enrol;
pub(crate) mod remove;
pub(crate) mod status;
