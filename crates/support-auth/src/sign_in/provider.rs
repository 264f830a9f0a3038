//! The provider, as the facade asks it.

use std::sync::Arc;

use support_domain::time::Timestamp;
use tokio::sync::Semaphore;

use super::request::RequestKey;
use crate::error::{Error, ProviderError};
use crate::port::{IdentityProvider, ProviderAnswer, ProviderIdentity, SignInBinding};

/// How many may ask the provider at a time; others are told to come back. A provider that does not answer
/// holds each of them for seconds.
const AT_ONCE: usize = 8;

/// An identity provider with which staff sign in.
pub struct ProviderSignIn {
    provider: Arc<dyn IdentityProvider>,
    asking: Semaphore,
    pub(crate) key: RequestKey,
}

impl ProviderSignIn {
    /// Takes the provider, and a key that is used for nothing else and is the same on all nodes. The provider
    /// is first asked when somebody signs in.
    #[must_use]
    pub fn new(provider: Arc<dyn IdentityProvider>, key: [u8; 32]) -> Self {
        Self { provider, asking: Semaphore::new(AT_ONCE), key: RequestKey::new(key) }
    }

    /// Where to send a browser.
    pub(crate) async fn authorization_url(&self, binding: SignInBinding) -> Result<String, Error> {
        self.ask(move |provider| provider.authorization_url(&binding)).await
    }

    /// Who came back.
    pub(crate) async fn identify(
        &self,
        answer: ProviderAnswer,
        binding: SignInBinding,
        now: Timestamp,
    ) -> Result<ProviderIdentity, Error> {
        self.ask(move |provider| provider.identify(&answer, &binding, now)).await
    }

    /// Asks the provider away from the threads that answer requests.
    async fn ask<T, F>(&self, question: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&dyn IdentityProvider) -> Result<T, ProviderError> + Send + 'static,
    {
        let _asking = self.asking.try_acquire().map_err(|_| Error::TooManySignIns)?;
        let provider = Arc::clone(&self.provider);
        match tokio::task::spawn_blocking(move || question(provider.as_ref())).await {
            Ok(answer) => Ok(answer?),
            Err(error) => Err(Error::Internal(format!("asking the identity provider: {error}"))),
        }
    }
}
