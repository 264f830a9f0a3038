//! A sign-in that was begun, as the browser keeps it until it ends.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use rand::TryRng;
use rand::rngs::{SysError, SysRng};
use sha2::Sha256;
use support_domain::time::Timestamp;
use zeroize::Zeroizing;

use super::return_to::ReturnTo;
use crate::port::SignInBinding;

/// How long somebody may take at the provider, in seconds.
pub const REQUEST_SECONDS: i64 = 600;
/// The bytes of what everything else of a sign-in is derived from.
const SEED: usize = 16;
/// The bytes of a time.
const TIME: usize = 8;
/// The bytes of a tag.
const TAG: usize = 32;
/// The block of SHA-256 in bytes, to which HMAC fills up its key with zeros (RFC 2104).
const BLOCK: usize = 64;

/// The key under which sign-ins are kept in browsers. All nodes of a service have the same one.
pub(crate) struct RequestKey(Zeroizing<[u8; BLOCK]>);

/// A sign-in that was begun. What binds it to its end is derived from its seed under the key, so what the
/// browser keeps holds nothing that would help somebody who reads it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AuthorizationRequest {
    seed: [u8; SEED],
    expires_at: i64,
    pub(crate) return_to: ReturnTo,
}

impl AuthorizationRequest {
    /// A new one.
    pub(crate) fn new(return_to: ReturnTo, now: Timestamp) -> Result<Self, SysError> {
        let mut seed = [0; SEED];
        SysRng.try_fill_bytes(&mut seed)?;
        Ok(Self { seed, expires_at: seconds(now) + REQUEST_SECONDS, return_to })
    }
}

impl RequestKey {
    /// Takes a key, which is used for nothing else.
    pub(super) fn new(key: [u8; 32]) -> Self {
        let mut block = Zeroizing::new([0; BLOCK]);
        for (to, from) in block.iter_mut().zip(key) {
            *to = from;
        }
        Self(block)
    }

    /// What the browser keeps of a sign-in.
    pub(crate) fn seal(&self, request: &AuthorizationRequest) -> String {
        let mut bytes = [&request.seed[..], &request.expires_at.to_be_bytes()].concat();
        bytes.extend_from_slice(request.return_to.as_str().as_bytes());
        let tag = self.mac("cookie", &bytes).finalize().into_bytes();
        bytes.extend_from_slice(&tag);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The sign-in that [`RequestKey::seal`] sealed; `None` for any other text, and when its time
    /// is over.
    pub(crate) fn open(&self, sealed: &str, now: Timestamp) -> Option<AuthorizationRequest> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (content, tag) = bytes.split_at_checked(bytes.len().checked_sub(TAG)?)?;
        self.mac("cookie", content).verify_slice(tag).ok()?;
        let (seed, rest) = content.split_at_checked(SEED)?;
        let (time, return_to) = rest.split_at_checked(TIME)?;
        let expires_at = i64::from_be_bytes(time.try_into().ok()?);
        if seconds(now) >= expires_at {
            return None;
        }
        let return_to = ReturnTo::parse(std::str::from_utf8(return_to).ok()?).ok()?;
        Some(AuthorizationRequest { seed: seed.try_into().ok()?, expires_at, return_to })
    }

    /// What binds the beginning of a sign-in to its end.
    pub(crate) fn binding(&self, request: &AuthorizationRequest) -> SignInBinding {
        let derive =
            |purpose| URL_SAFE_NO_PAD.encode(self.mac(purpose, &request.seed).finalize().into_bytes());
        SignInBinding {
            state: derive("state"),
            nonce: derive("nonce"),
            verifier: Zeroizing::new(derive("verifier")),
        }
    }

    fn mac(&self, purpose: &str, bytes: &[u8]) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&(*self.0).into());
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(bytes);
        mac
    }
}

const fn seconds(time: Timestamp) -> i64 {
    time.as_micros().div_euclid(1_000_000)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn begun(now: Timestamp) -> AuthorizationRequest {
        AuthorizationRequest::new(ReturnTo::parse("/console?x=1").expect("a path"), now).expect("drawn")
    }

    #[test]
    fn a_cookie_holds_for_ten_minutes_under_its_key() {
        let (key, now) = (RequestKey::new([7; 32]), Timestamp::from_micros(1_000_000_000));
        let begun = begun(now);
        let cookie = key.seal(&begun);
        let after = |seconds| now.plus(TimeDelta::seconds(seconds));
        assert_eq!(key.open(&cookie, after(599)).as_ref(), Some(&begun));
        assert_eq!(key.open(&cookie, after(600)), None);
        assert_eq!(RequestKey::new([8; 32]).open(&cookie, now), None);
    }

    #[test]
    fn changed_and_made_up_cookies_do_not_hold() {
        let (key, now) = (RequestKey::new([7; 32]), Timestamp::EPOCH);
        let mut bytes = URL_SAFE_NO_PAD.decode(key.seal(&begun(now))).expect("base64");
        for index in 0..bytes.len() {
            bytes[index] ^= 1;
            assert_eq!(key.open(&URL_SAFE_NO_PAD.encode(&bytes), now), None, "byte {index}");
            bytes[index] ^= 1;
        }
        for made_up in ["", "x", "AAAA", "ä", &"A".repeat(75)] {
            assert_eq!(key.open(made_up, now), None, "{made_up}");
        }
    }

    #[test]
    fn what_binds_an_attempt_is_all_different() {
        let key = RequestKey::new([7; 32]);
        let one = begun(Timestamp::EPOCH);
        let (attempt, again) = (key.binding(&one), key.binding(&one));
        assert!(attempt.is_state(&again.state) && attempt.nonce == again.nonce);
        assert_eq!(attempt.verifier.len(), 43);
        let other = key.binding(&begun(Timestamp::EPOCH));
        let all = [
            &attempt.state,
            &attempt.nonce,
            &*attempt.verifier,
            &other.state,
            &other.nonce,
            &*other.verifier,
        ];
        for (place, value) in all.iter().enumerate() {
            assert!(all.iter().skip(place + 1).all(|later| later != value));
        }
        let cookie = URL_SAFE_NO_PAD.decode(key.seal(&one)).expect("base64");
        let verifier = URL_SAFE_NO_PAD.decode(&*attempt.verifier).expect("base64");
        assert!(!cookie.windows(32).any(|part| part == verifier));
    }
}
