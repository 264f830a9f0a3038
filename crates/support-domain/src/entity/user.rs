//! Users: customers, agents and administrators.

use crate::id::UserId;
use crate::time::Timestamp;
use crate::value::{EmailAddress, PasswordHash, PersonName, Phone, Role};

/// Somebody the desk knows. Those with a password can log in; others come with tokens of an identity
/// provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// What they may do.
    pub role: Role,
    /// Their name.
    pub name: PersonName,
    /// Their e-mail address, if known; unique among users with a password.
    pub email: Option<EmailAddress>,
    /// Their telephone number, if known.
    pub phone: Option<Phone>,
    /// The hash of their password, if they have one.
    pub password: Option<PasswordHash>,
    /// When the desk first saw them.
    pub created_at: Timestamp,
}
