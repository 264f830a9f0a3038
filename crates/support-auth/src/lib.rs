//! Who somebody is: passwords, second factors, sessions, access tokens, and signing in with an identity
//! provider. It knows users of the helpdesk (`support-domain`) and no web, SQL or provider's protocol.
//!
//! [`Authentication`] is the way in, a method for each thing that can be asked. A front end brings the
//! credentials and a guard that slows down who guesses ([`AttemptGuard`]); a store implements
//! [`port::AuthStore`]:
//!
//! ```
//! use std::sync::Arc;
//! use support_auth::memory::MemoryAuthStore;
//! use support_auth::{
//!     AccessTokenSettings, AccessTokens, Authentication, AuthenticationDeps, Credentials, Error, Lifetimes,
//!     Password, Passwords, Unlimited,
//! };
//! use support_domain::memory::{ManualClock, MemoryStore, SequentialIds};
//! use support_domain::time::Timestamp;
//! use support_domain::value::EmailAddress;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let desk = Arc::new(MemoryStore::new());
//! let secret = Some(b"0123456789abcdef0123456789abcdef".to_vec());
//! let authentication = Authentication::new(AuthenticationDeps {
//!     store: Arc::new(MemoryAuthStore::beside(desk)),
//!     clock: Arc::new(ManualClock::new(Timestamp::EPOCH)),
//!     ids: Arc::new(SequentialIds::default()),
//!     tokens: AccessTokens::new(&AccessTokenSettings { secret, ..AccessTokenSettings::default() })?,
//!     passwords: Passwords::new(1)?,
//!     sign_in: None,
//!     lifetimes: Lifetimes::default(),
//! });
//! let credentials = Credentials {
//!     email: EmailAddress::parse("ada@example.com")?,
//!     password: Password::claim("correct horse")?,
//!     code: None,
//! };
//! let refused = authentication.log_in(credentials, &Unlimited).await;
//! assert!(matches!(refused, Err(Error::InvalidCredentials)));
//! # Ok(())
//! # }
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(example()).unwrap();
//! ```
//!
//! To add a command: write its use case in `usecase/`, a synchronous function over
//! [`port::AuthRepositories`], and its method in `authentication/`. To add a repository, see [`port`].

mod access_token;
mod attempt;
mod authentication;
mod base32;
mod code;
mod code_match;
#[cfg(feature = "contract")]
pub mod contract;
mod error;
mod identity;
pub mod memory;
mod password;
pub mod port;
mod recovery_code;
mod refresh_token;
mod second_factor;
pub mod sign_in;
mod token_pair;
mod totp;
mod usecase;

pub use access_token::{
    AccessTokenSettings, AccessTokens, InvalidKeys, MAX_TOKEN_BYTES, PublicKey, Rejected, SignError,
    Verified, read_keys,
};
pub use attempt::{Attempt, AttemptGuard, Factor, Unlimited, Verdict};
pub use authentication::{
    AccountAdministration, Authentication, AuthenticationDeps, Credentials, Enrolment, Lifetimes,
    ProviderReturn, SignInCompleted, SignInStarted,
};
pub use code::Code;
pub use error::{Error, ProviderError};
pub use identity::{ExternalId, Identity};
pub use password::{HashError, Password, Passwords, hash as hash_password};
pub use refresh_token::{RefreshToken, SessionId, TokenHash, TokenState};
pub use second_factor::{RecoveryCodeHash, SecondFactor, SecondFactorStatus, TotpSecret};
pub use sign_in::{ProviderSignIn, ReturnTo};
pub use token_pair::TokenPair;
