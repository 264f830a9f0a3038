//! The service about itself.

pub(crate) mod docs;
pub(crate) mod health;
pub(crate) mod home;
pub(crate) mod metrics;
pub(crate) mod openapi;
pub(crate) mod ready;
