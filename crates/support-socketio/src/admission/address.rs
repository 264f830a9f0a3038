//! Where a request came from.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::{HeaderMap, X_FORWARDED_FOR};

/// The address of a client. A proxy appends the address that it saw, so only the last element can be trusted.
pub(super) fn of(peer: Option<IpAddr>, headers: &HeaderMap, behind_proxy: bool) -> Option<IpAddr> {
    let forwarded = || {
        let last = headers.get_all(X_FORWARDED_FOR).last()?.to_str().ok()?.rsplit(',').next()?.trim();
        last.parse().ok().or_else(|| last.parse::<SocketAddr>().ok().map(|address| address.ip()))
    };
    let forwarded = if behind_proxy { forwarded() } else { None };
    forwarded.or(peer).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn address(forwarded: &[&str], behind_proxy: bool) -> String {
        let request = forwarded
            .iter()
            .fold(TestRequest::get(), |request, value| request.append_header((X_FORWARDED_FOR, *value)))
            .to_http_request();
        of("10.0.0.1".parse().ok(), request.headers(), behind_proxy).unwrap().to_string()
    }

    #[test]
    fn behind_a_proxy_it_is_the_last_that_was_forwarded() {
        assert_eq!(address(&["192.0.2.1, 192.0.2.2"], true), "192.0.2.2");
        assert_eq!(address(&["192.0.2.1", "192.0.2.2 , 192.0.2.3"], true), "192.0.2.3");
        assert_eq!(address(&["192.0.2.1:5000"], true), "192.0.2.1");
        assert_eq!(address(&["[2001:db8::1]:5000"], true), "2001:db8::1");
        assert_eq!(address(&["::ffff:192.0.2.1"], true), "192.0.2.1");
    }

    #[test]
    fn without_one_or_with_nonsense_it_is_the_peer() {
        assert_eq!(address(&["192.0.2.1"], false), "10.0.0.1");
        assert_eq!(address(&[], true), "10.0.0.1");
        assert_eq!(address(&["192.0.2.1, unknown"], true), "10.0.0.1");
    }
}
