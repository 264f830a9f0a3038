//! Signing in with an identity provider, for staff.
//!
//! A sign-in begins and ends in one browser: what it began with is kept there, sealed, and is needed at its
//! end, so that nobody can be made to end a sign-in that somebody else began. It ends with a code in two
//! halves that travel apart; only both together are exchanged for a session, so that one half is of no use
//! in another browser.

use chrono::TimeDelta;
use support_domain::value::EmailAddress;
use zeroize::Zeroizing;

use super::facade::{Authentication, draw};
use crate::error::Error;
use crate::identity::ExternalId;
use crate::port::ProviderAnswer;
use crate::refresh_token::TokenHash;
use crate::sign_in::{AuthorizationRequest, CODE_SECONDS, ProviderSignIn, ReturnTo};
use crate::token_pair::TokenPair;
use crate::usecase::identities;

/// A sign-in that has begun.
pub struct SignInStarted {
    /// Where at the provider the browser is to go.
    pub provider_url: String,
    /// What the browser is to keep until it comes back, for [`crate::sign_in::REQUEST_SECONDS`]. It tells
    /// nothing to somebody who reads it.
    pub sealed_request: String,
}

/// What a browser comes back with. Whatever came several times counts as absent.
#[derive(Clone, Debug, Default)]
pub struct ProviderReturn {
    /// What [`SignInStarted::sealed_request`] gave it to keep.
    pub sealed_request: Option<String>,
    /// What the provider was told.
    pub state: Option<String>,
    /// What the provider answers, if it vouches for somebody.
    pub code: Option<String>,
    /// The provider (RFC 9207).
    pub issuer: Option<String>,
    /// Why it does not vouch, if it says so; its code may be empty.
    pub error: Option<String>,
}

/// A sign-in that has ended well: the two halves of a code that [`Authentication::exchange_sign_in`] takes
/// once, within [`CODE_SECONDS`].
pub struct SignInCompleted {
    /// The half that the page is told.
    pub code: Zeroizing<String>,
    /// The half that the browser keeps from pages.
    pub half: Zeroizing<String>,
    /// The page that it began at.
    pub return_to: ReturnTo,
}

impl Authentication {
    /// Whether staff can sign in with a provider here.
    ///
    /// # Errors
    /// [`Error::NoOwnLogins`]; [`Error::NoProvider`].
    pub fn check_sign_in(&self) -> Result<(), Error> {
        self.provider().map(drop)
    }

    fn provider(&self) -> Result<&ProviderSignIn, Error> {
        self.check_enabled()?;
        self.sign_in.as_ref().ok_or(Error::NoProvider)
    }

    /// Begins a sign-in that is to end at a page of this service.
    ///
    /// # Errors
    /// As [`Authentication::check_sign_in`]; [`Error::TooManySignIns`]; [`Error::Provider`].
    pub async fn begin_sign_in(&self, return_to: ReturnTo) -> Result<SignInStarted, Error> {
        let provider = self.provider()?;
        let request = AuthorizationRequest::new(return_to, self.transactions.now())
            .map_err(|error| Error::Internal(error.to_string()))?;
        let provider_url = provider.authorization_url(provider.key.binding(&request)).await?;
        Ok(SignInStarted { provider_url, sealed_request: provider.key.seal(&request) })
    }

    /// Ends a sign-in: whoever the provider vouches for must be an agent or an administrator. The first time
    /// they are known by their verified e-mail address, from then on by their name at the provider alone.
    ///
    /// # Errors
    /// [`Error::SignInExpired`] for an end without its beginning; [`Error::SignInRefused`];
    /// [`Error::UnknownIdentity`]; otherwise as [`Authentication::begin_sign_in`].
    pub async fn complete_sign_in(&self, returned: ProviderReturn) -> Result<SignInCompleted, Error> {
        let provider = self.provider()?;
        let now = self.transactions.now();
        let request = returned.sealed_request.and_then(|sealed| provider.key.open(&sealed, now));
        let request = request.ok_or(Error::SignInExpired)?;
        let binding = provider.key.binding(&request);
        if !returned.state.is_some_and(|told| binding.is_state(&told)) {
            return Err(Error::SignInExpired);
        }
        if let Some(error) = returned.error {
            return Err(refused(&error));
        }
        let code = returned.code.map(Zeroizing::new).ok_or(Error::SignInExpired)?;
        let answer = ProviderAnswer { code, issuer: returned.issuer };
        let identity = provider.identify(answer, binding, now).await?;
        let external = ExternalId::new(&identity.issuer, &identity.subject);
        let external =
            external.ok_or_else(|| Error::SignInRefused("the provider's name for you is too long".into()))?;
        let email = identity.verified_email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
        let ((code, _), (half, _)) = (draw()?, draw()?);
        let hash = TokenHash::of(&join(&code, &half));
        self.transactions
            .write(move |work| {
                let expires_at = work.now.plus(TimeDelta::seconds(CODE_SECONDS));
                identities::sign_in(work, &external, email.as_ref(), hash, expires_at)
            })
            .await?;
        Ok(SignInCompleted { code, half, return_to: request.return_to })
    }

    /// Exchanges the code of a sign-in for a session, if both halves are there. No second factor is asked
    /// for: that is the provider's business.
    ///
    /// # Errors
    /// [`Error::InvalidSession`] if it does not hold; as [`Authentication::check_sign_in`].
    pub async fn exchange_sign_in(&self, code: &str, half: Option<&str>) -> Result<TokenPair, Error> {
        self.provider()?;
        let half =
            half.ok_or(Error::InvalidSession("the sign-in did not end in this browser, or too long ago"))?;
        self.exchange(TokenHash::of(&join(code, half))).await
    }
}

/// The code that two halves are.
fn join(code: &str, half: &str) -> Zeroizing<String> {
    Zeroizing::new(format!("{code}.{half}"))
}

/// The provider's refusal. Its code is repeated if it is one (RFC 6749, section 4.1.2.1), its words are not.
fn refused(error: &str) -> Error {
    let is_code = (1..=64).contains(&error.len())
        && error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let reason = if is_code { error } else { "no reason" };
    Error::SignInRefused(format!("the identity provider refused: {reason}"))
}
