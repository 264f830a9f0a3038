//! Logins.

pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod me;
pub(crate) mod oidc;
pub(crate) mod refresh;
pub(crate) mod totp;
