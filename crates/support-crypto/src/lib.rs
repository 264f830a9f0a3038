//! Keys for one purpose each, and keyed hashes under them. Knows nothing of tickets.

mod derive;
mod mac;

pub use derive::derive;
pub use mac::MacKey;

/// A key of 32 bytes, wiped when it is dropped.
pub type Secret = zeroize::Zeroizing<[u8; 32]>;
