//! The facade: a method for each thing that can be asked of authentication. Each runs its use case in one
//! transaction; passwords are hashed outside of it, and away from the calling thread.

mod administration;
mod facade;
mod login;
mod second_factor;
mod sessions;
mod sign_in;
mod transactions;

pub use administration::AccountAdministration;
pub use facade::{Authentication, AuthenticationDeps, Lifetimes};
pub use login::Credentials;
pub use second_factor::Enrolment;
pub use sign_in::{ProviderReturn, SignInCompleted, SignInStarted};
