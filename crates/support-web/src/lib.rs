//! What HTTP and sockets ask of every request alike: which client it comes from ([`address`]), which page
//! sent it ([`Origins`]), and which token it carries ([`bearer_token`]). Knows nothing of tickets.

pub mod address;
mod bearer;
mod origin;

pub use bearer::bearer_token;
pub use origin::Origins;
