//! Access tokens (JWT, RFC 7519): signed here at a login, or by an identity provider.
//!
//! The key decides the algorithm, never the token. A token that names a key (`kid`) of the provider is
//! checked with that key; one without is checked with the service's own secret, if tokens of its own are
//! accepted, or else with the provider's only key.

mod claims;
mod keys;
mod tokens;
mod verdict;

pub use keys::{InvalidKeys, PublicKey, read_keys};
pub use tokens::{AccessTokenSettings, AccessTokens, MAX_TOKEN_BYTES, SignError};
pub use verdict::{Rejected, Verified};
