//! What authentication asks of others: a store with a repository for each kind of row, and an identity
//! provider.
//!
//! To add a repository: write its trait in a file of its own here, add it to [`AuthRepositories`], implement
//! it in `memory/` and in each adapter under the same file name, and add its cases to `contract/`.
//!
//! The verbs are those of [`support_domain::port`], and every method of a repository fails with
//! [`support_domain::error::StoreError`]; only the variants that say more than "the store failed" are named
//! where they apply.
#![expect(clippy::missing_errors_doc, reason = "the errors that all methods share are told above")]

mod accounts;
mod identities;
mod provider;
mod second_factors;
mod sessions;
mod store;

pub use accounts::AccountRepository;
pub use identities::IdentityRepository;
pub use provider::{IdentityProvider, ProviderAnswer, ProviderIdentity, SignInBinding};
pub use second_factors::SecondFactorRepository;
pub use sessions::SessionRepository;
pub use store::{AuthRepositories, AuthStore, AuthStoreFuture, AuthTransactionFn};
