//! A provider's keys, kept while they are good.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::http::Http;
use support_auth::ProviderError;
use support_auth::{PublicKey, read_keys};

/// How long keys are kept. Later ones that the provider has withdrawn are gone.
const MAX_AGE: Duration = Duration::from_hours(1);
/// How often an unknown key may have the others fetched again.
const MIN_INTERVAL: Duration = Duration::from_mins(1);

/// The keys as last fetched.
#[derive(Default)]
pub(crate) struct RemoteKeys(Mutex<State>);

#[derive(Default)]
struct State {
    keys: Vec<PublicKey>,
    fetched: Option<Instant>,
    /// When an unknown key last had them fetched.
    sought: Option<Instant>,
}

impl RemoteKeys {
    /// The key with this `kid`, or the only one. A key that is unknown may be new: the provider is asked
    /// again, within limits.
    pub(crate) fn find(
        &self,
        http: &Http,
        url: &str,
        id: Option<&str>,
    ) -> Result<Option<PublicKey>, ProviderError> {
        let fetch = || {
            let json = http.get(url, None)?;
            read_keys(&json.to_string()).map_err(|error| ProviderError::Misconfigured(error.to_string()))
        };
        self.find_at(Instant::now(), id, fetch)
    }

    fn find_at(
        &self,
        now: Instant,
        id: Option<&str>,
        fetch: impl Fn() -> Result<Vec<PublicKey>, ProviderError>,
    ) -> Result<Option<PublicKey>, ProviderError> {
        let is_older = |than: Duration, at: Option<Instant>| {
            at.is_none_or(|at| now.saturating_duration_since(at) >= than)
        };
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if is_older(MAX_AGE, state.fetched) {
            state.keys = fetch()?;
            state.fetched = Some(now);
        }
        let found = choose(&state.keys, id);
        if found.is_some() || !is_older(MIN_INTERVAL, state.sought) {
            return Ok(found);
        }
        state.sought = Some(now);
        state.keys = fetch()?;
        state.fetched = Some(now);
        Ok(choose(&state.keys, id))
    }
}

fn choose(keys: &[PublicKey], id: Option<&str>) -> Option<PublicKey> {
    match (id, keys) {
        (None, [only]) => Some(only.clone()),
        (None, _) => None,
        (Some(_), keys) => keys.iter().find(|key| key.id.as_deref() == id).cloned(),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use jsonwebtoken::{Algorithm, DecodingKey};

    use super::*;

    /// A provider whose keys change, and how often it was asked.
    #[derive(Default)]
    struct Rotating {
        ids: RefCell<Vec<&'static str>>,
        asked: Cell<u32>,
    }

    impl Rotating {
        fn fetch(&self) -> Vec<PublicKey> {
            self.asked.set(self.asked.get() + 1);
            let key = |id: &&str| PublicKey {
                id: Some((*id).to_owned()),
                algorithm: Algorithm::EdDSA,
                key: DecodingKey::from_ed_der(&[]),
            };
            self.ids.borrow().iter().map(key).collect()
        }
    }

    #[test]
    fn a_new_key_is_found_and_an_unknown_one_not_sought_too_often() {
        let (keys, provider, start) = (RemoteKeys::default(), Rotating::default(), Instant::now());
        let find = |seconds: u64, id: Option<&str>| {
            let found = keys.find_at(start + Duration::from_secs(seconds), id, || Ok(provider.fetch()));
            (found.expect("answered").and_then(|key| key.id), provider.asked.get())
        };
        *provider.ids.borrow_mut() = vec!["a"];
        let a = Some("a".to_owned());
        assert_eq!(find(0, Some("a")), (a.clone(), 1));
        assert_eq!(find(1, None), (a, 1), "the only key needs no name");
        *provider.ids.borrow_mut() = vec!["a", "b"];
        assert_eq!(find(2, Some("b")), (Some("b".to_owned()), 2), "at once");
        assert_eq!(find(3, None), (None, 2), "one of two needs a name");
        assert_eq!(find(4, Some("x")), (None, 2), "not again within the minute");
        assert_eq!(find(62, Some("x")), (None, 3));
        *provider.ids.borrow_mut() = vec!["b"];
        assert_eq!(find(63, Some("a")).1, 3, "kept");
        assert_eq!(find(3_700, Some("a")), (None, 5), "withdrawn");
    }
}
