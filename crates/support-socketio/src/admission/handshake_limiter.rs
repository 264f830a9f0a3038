//! How many of an address are connected without being authenticated.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use support_web::address::client;

/// The connections that are not authenticated yet, by address.
#[derive(Debug)]
pub(super) struct HandshakeLimiter {
    most: Option<usize>,
    inside: Mutex<HashMap<IpAddr, usize>>,
}

/// The address that an unfinished handshake counts for, if they are counted.
pub(super) type Place = Option<IpAddr>;

impl HandshakeLimiter {
    pub(super) fn new(most: Option<usize>) -> Self {
        Self { most, inside: Mutex::default() }
    }

    /// Takes a place, unless the address has all of its places taken. An unknown address is not counted.
    pub(super) fn enter(&self, address: Option<IpAddr>) -> Option<Place> {
        let (Some(most), Some(address)) = (self.most, address.map(client)) else { return Some(None) };
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let count = inside.get(&address).copied().unwrap_or_default();
        if count >= most {
            return None;
        }
        inside.insert(address, count + 1);
        Some(Some(address))
    }

    /// Gives a place back.
    pub(super) fn leave(&self, place: Place) {
        let Some(address) = place else { return };
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = inside.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                inside.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv6_addresses_count_by_their_network() {
        let handshake_limiter = HandshakeLimiter::new(Some(1));
        let enter = |address: &str| handshake_limiter.enter(Some(address.parse().unwrap()));
        let place = enter("2001:db8::1").unwrap();
        assert_eq!(enter("2001:db8::2"), None);
        assert!(enter("2001:db8:0:1::1").is_some());
        handshake_limiter.leave(place);
        assert!(enter("2001:db8::2").is_some());
    }

    #[test]
    fn nobody_is_remembered_who_has_left() {
        let handshake_limiter = HandshakeLimiter::new(Some(1));
        let place = handshake_limiter.enter(Some("192.0.2.1".parse().unwrap())).unwrap();
        handshake_limiter.leave(place);
        assert!(handshake_limiter.inside.lock().unwrap().is_empty());
    }
}
