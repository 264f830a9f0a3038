//! What callers are told of their limits.
//!
//! `RateLimit-Policy` and `RateLimit` are those of draft-ietf-httpapi-ratelimit-headers-11, with every limit
//! that the request falls under. `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` are those of
//! its versions up to 06, which many clients know, with the tightest.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use support_web::limit::Quota;

use super::quotas::Quotas;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const CURRENT: HeaderName = HeaderName::from_static("ratelimit");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// The headers that pages of other origins may read.
pub(crate) const EXPOSED: [HeaderName; 5] = [POLICY, CURRENT, LIMIT, REMAINING, RESET];

/// Writes down what is left, and for a 429 when to come back.
pub(crate) fn add(headers: &mut HeaderMap, quotas: &Quotas, status: StatusCode) {
    let Some(tightest) = quotas.tightest() else { return };
    let list = |item: fn(&Quota) -> String| quotas.0.iter().map(item).collect::<Vec<_>>().join(", ");
    let policies = list(|quota| {
        let policy = quota.policy;
        format!("\"{}\";q={};w={}", policy.name, policy.burst, seconds(policy.window()).max(1))
    });
    let current =
        list(|quota| format!("\"{}\";r={};t={}", quota.policy.name, quota.left, seconds(quota.full_in)));
    let mut set = |name: HeaderName, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    };
    set(POLICY, policies);
    set(CURRENT, current);
    set(LIMIT, tightest.policy.burst.to_string());
    set(REMAINING, tightest.left.to_string());
    set(RESET, seconds(tightest.full_in).to_string());
    if status == StatusCode::TOO_MANY_REQUESTS {
        set(RETRY_AFTER, retry_after(tightest).to_string());
    }
}

/// In how many seconds one more is taken: at least one, for there is no point in coming back at once.
pub(crate) fn retry_after(quota: &Quota) -> u64 {
    seconds(quota.next_in).max(1)
}

/// In whole seconds, rounded up: who waits as long has waited long enough.
fn seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::super::Policy;
    use super::*;

    fn shown(quotas: &Quotas, status: u16) -> Vec<String> {
        let mut headers = HeaderMap::new();
        add(&mut headers, quotas, StatusCode::from_u16(status).expect("a status"));
        let text = |(name, value): (&HeaderName, &HeaderValue)| {
            format!("{name}: {}", value.to_str().expect("ASCII"))
        };
        let mut shown: Vec<String> = headers.iter().map(text).collect();
        shown.sort_unstable();
        shown
    }

    fn quota(name: &'static str, left: u32, next_in: u64, full_in: u64) -> Quota {
        Quota {
            policy: Policy::new(name, 100, Duration::from_millis(100)),
            left,
            next_in: Duration::from_millis(next_in),
            full_in: Duration::from_millis(full_in),
        }
    }

    #[test]
    fn the_tightest_limit_is_told_to_clients_that_know_one() {
        let quotas = Quotas(vec![quota("account", 98, 0, 200), quota("address", 50, 0, 5_000)]);
        let expected = [
            "ratelimit-limit: 100",
            "ratelimit-policy: \"account\";q=100;w=10, \"address\";q=100;w=10",
            "ratelimit-remaining: 50",
            "ratelimit-reset: 5",
            "ratelimit: \"account\";r=98;t=1, \"address\";r=50;t=5",
        ];
        assert_eq!(shown(&quotas, 201), expected);
        assert!(shown(&Quotas::default(), 201).is_empty());
    }

    #[test]
    fn who_is_refused_hears_when_to_come_back() {
        let quotas = Quotas(vec![quota("account", 0, 20, 9_920), quota("address", 0, 2_100, 12_000)]);
        let shown = shown(&quotas, 429);
        assert!(shown.contains(&"retry-after: 3".to_owned()), "{shown:?}");
        assert!(shown.contains(&"ratelimit-remaining: 0".to_owned()), "{shown:?}");
        assert_eq!(retry_after(&quota("x", 0, 20, 9_920)), 1);
    }
}
