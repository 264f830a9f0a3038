//! The provider, as the endpoints see it.

use std::sync::Arc;

use actix_web::web;
use support_api::problem::Kind;
use support_domain::time::Timestamp;
use support_oidc::{Answer, Attempt, Error, Identity, InvalidSettings, Provider};
use tokio::sync::Semaphore;

use super::attempt::AttemptKey;
use crate::failure::Failure;
use crate::state::State;

/// How many may ask the provider at a time; others are told to come back. A provider that does not answer
/// holds each of them for seconds.
const AT_ONCE: usize = 8;

/// An identity provider with which staff sign in.
pub struct Oidc {
    provider: Arc<Provider>,
    asking: Semaphore,
    pub(super) key: AttemptKey,
    /// Whether browsers come by TLS, so that cookies need not travel without.
    pub(super) is_secure: bool,
}

impl Oidc {
    /// Takes the settings, and a key that is used for nothing else. The provider is first asked when somebody
    /// signs in.
    ///
    /// # Errors
    /// [`InvalidSettings`] that say which.
    pub fn new(settings: support_oidc::Settings, key: [u8; 32]) -> Result<Self, InvalidSettings> {
        let is_secure = settings.redirect_uri.starts_with("https://");
        let provider = Arc::new(Provider::new(settings)?);
        Ok(Self { provider, asking: Semaphore::new(AT_ONCE), key: AttemptKey::new(key), is_secure })
    }

    /// The provider of this service.
    pub(super) fn of(state: &State) -> Result<&Self, Failure> {
        super::super::check_enabled(state)?;
        let off = || Failure::new(Kind::NO_PROVIDER, "no identity provider is set up for signing in");
        state.oidc.as_ref().ok_or_else(off)
    }

    /// Where to send a browser.
    pub(super) async fn authorization_url(&self, attempt: Attempt) -> Result<String, Failure> {
        self.ask(move |provider| provider.authorization_url(&attempt)).await
    }

    /// Who came back.
    pub(super) async fn identify(
        &self,
        answer: Answer,
        attempt: Attempt,
        now: Timestamp,
    ) -> Result<Identity, Failure> {
        let now = now.seconds_since(Timestamp::EPOCH);
        self.ask(move |provider| provider.identify(&answer, &attempt, now)).await
    }

    /// Asks the provider away from the threads that answer requests.
    async fn ask<T, F>(&self, question: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&Provider) -> Result<T, Error> + Send + 'static,
    {
        let _asking = self
            .asking
            .try_acquire()
            .map_err(|_| Failure::new(Kind::OVERLOADED, "too many sign-ins at once; try again later"))?;
        let provider = Arc::clone(&self.provider);
        match web::block(move || question(&provider)).await {
            Ok(answer) => answer.map_err(|error| failure(&error)),
            Err(error) => Err(Failure::internal(format!("asking the identity provider: {error}"))),
        }
    }
}

fn failure(error: &Error) -> Failure {
    let (kind, detail) = match error {
        Error::Unreachable(_) => {
            (Kind::PROVIDER_UNAVAILABLE, "the identity provider cannot be reached; try again later")
        }
        Error::Misconfigured(_) => (
            Kind::PROVIDER_UNAVAILABLE,
            "the identity provider is set up otherwise than expected; the request id leads to the cause in the log",
        ),
        Error::Refused(_) => (Kind::SIGN_IN_REFUSED, "the identity provider did not accept the code"),
        Error::InvalidToken(_) => {
            (Kind::SIGN_IN_REFUSED, "what the identity provider answered proves nothing")
        }
    };
    Failure::caused(kind, detail, error.to_string())
}
