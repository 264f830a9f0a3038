//! Identities: users as identity providers know them.

use std::fmt;

use support_domain::id::UserId;
use support_domain::time::Timestamp;

/// Somebody as an identity provider knows them: the pair that names them for good (OpenID Connect Core 1.0,
/// section 5.7). `Debug` hides it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExternalId {
    issuer: String,
    subject: String,
}

impl ExternalId {
    /// The most bytes of an issuer.
    pub const MAX_ISSUER: usize = 500;
    /// The most bytes of a subject (OpenID Connect Core 1.0, section 2).
    pub const MAX_SUBJECT: usize = 255;

    /// Takes an issuer and a name there; `None` if either is empty or longer than any.
    #[must_use]
    pub fn new(issuer: &str, subject: &str) -> Option<Self> {
        let fits = (1..=Self::MAX_ISSUER).contains(&issuer.len())
            && (1..=Self::MAX_SUBJECT).contains(&subject.len())
            && !issuer.contains('\0')
            && !subject.contains('\0');
        fits.then(|| Self { issuer: issuer.to_owned(), subject: subject.to_owned() })
    }

    /// The issuer.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Their name there.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

impl fmt::Debug for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExternalId(…)")
    }
}

/// That somebody at a provider is a user here. It holds whatever becomes of their addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Who they are there.
    pub external: ExternalId,
    /// Who they are here.
    pub user_id: UserId,
    /// Since when.
    pub linked_at: Timestamp,
}
