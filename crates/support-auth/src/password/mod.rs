//! Passwords: as people type them, as they are stored, and where they are hashed.

mod hash;
mod queue;
mod typed;

pub use hash::{HashError, hash};
pub use queue::Passwords;
pub(crate) use queue::is_outdated;
pub use typed::Password;
