//! What tests need around the product.
//!
//! - [`postgres`]: a private `PostgreSQL` cluster for the test run, and a database of its own for each test.
//! - [`Server`]: the real `support-server` binary as a child process.
//! - [`Token`]: access tokens, well made or broken on purpose; [`SigningKey`]: those of an identity provider.
//! - [`files`]: files to upload, well made or not.
//! - [`Http`] and [`raw_exchange`]: requests that come back with whatever status the server chose.
//!
//! **Invariant:** nothing of the product depends on this crate, except as a development dependency.
//! It names no other crate of the workspace, so that it can serve the tests of all of them.
//! It reads `/proc` and runs on Linux only.

mod error;
pub mod files;
mod http;
mod key;
pub mod postgres;
mod raw;
mod server;
mod token;
mod wait;

pub use error::Error;
pub use http::{Http, Request, Response};
pub use key::{Algorithm, SigningKey};
pub use raw::{RawResponse, raw_exchange, raw_exchange_from};
pub use server::{JWT_SECRET, MASTER_KEY, Server, ServerBuilder};
pub use token::{Signature, Token};

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;
