//! Signing in with an OpenID Connect provider: authorisation code flow with PKCE (OpenID Connect Core 1.0,
//! RFC 7636), as the relying party. It knows nothing of helpdesks: it answers who somebody is to the
//! provider, and no more.
//!
//! Everything that asks the provider blocks, for ten seconds at most; callers on a runtime do it aside.

mod error;
mod http;
mod id_token;
mod metadata;
mod provider;
mod remote_keys;

pub use error::InvalidSettings;
pub use provider::{Provider, Settings};
