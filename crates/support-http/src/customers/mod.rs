//! What is held on customers.

pub(crate) mod erase;
pub(crate) mod export;
