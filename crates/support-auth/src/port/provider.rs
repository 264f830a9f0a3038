//! The identity provider that staff sign in with.

use std::fmt;

use subtle::ConstantTimeEq;
use support_domain::time::Timestamp;
use zeroize::Zeroizing;

use crate::error::ProviderError;

/// An identity provider: the relying party's side of its protocol.
///
/// Both methods may block for ten seconds; they are called on threads that may.
pub trait IdentityProvider: Send + Sync {
    /// Where to send somebody who signs in.
    ///
    /// # Errors
    /// [`ProviderError`] when the provider cannot be used.
    fn authorization_url(&self, binding: &SignInBinding) -> Result<String, ProviderError>;

    /// Who came back with `answer` to the sign-in that began with `binding`.
    ///
    /// # Errors
    /// [`ProviderError`] when the provider cannot be used, refuses the code, or proves nothing.
    fn identify(
        &self,
        answer: &ProviderAnswer,
        binding: &SignInBinding,
        now: Timestamp,
    ) -> Result<ProviderIdentity, ProviderError>;
}

/// What binds the beginning of one sign-in to its end. All of it is random.
pub struct SignInBinding {
    /// Comes back from the provider with the code.
    pub state: String,
    /// Comes back in the identity token.
    pub nonce: String,
    /// What the code can be exchanged with (RFC 7636): 43 to 128 characters.
    pub verifier: Zeroizing<String>,
}

impl SignInBinding {
    /// Whether `told` is the state; it takes as long whatever differs.
    #[must_use]
    pub fn is_state(&self, told: &str) -> bool {
        self.state.as_bytes().ct_eq(told.as_bytes()).into()
    }
}

/// What the provider sent somebody back with.
pub struct ProviderAnswer {
    /// The code.
    pub code: Zeroizing<String>,
    /// The issuer (RFC 9207).
    pub issuer: Option<String>,
}

/// Who somebody is to the provider. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderIdentity {
    /// The issuer.
    pub issuer: String,
    /// Their name there: unique, and never given to anybody else.
    pub subject: String,
    /// Their e-mail address, if the provider has seen that it is theirs.
    pub verified_email: Option<String>,
}

impl fmt::Debug for ProviderIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProviderIdentity(…)")
    }
}
