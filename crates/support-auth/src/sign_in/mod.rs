//! What a sign-in with an identity provider is made of.

mod provider;
mod request;
mod return_to;

pub use provider::ProviderSignIn;
pub(crate) use request::AuthorizationRequest;
pub use request::REQUEST_SECONDS;
pub use return_to::ReturnTo;

/// How long a page may take to exchange the code of a sign-in, in seconds.
pub const CODE_SECONDS: i64 = 60;
