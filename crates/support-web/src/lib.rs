//! What HTTP and sockets ask of every request alike: which client it comes from ([`address`]), which page
//! sent it ([`Origins`]), which token it carries ([`bearer_token`]), and whether its sender comes too often
//! ([`limit`]). Knows nothing of tickets.

pub mod address;
mod bearer;
pub mod limit;
mod origin;

pub use bearer::bearer_token;
pub use origin::Origins;
