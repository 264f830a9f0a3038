//! Where a request came from, and what counts as one client.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header::X_FORWARDED_FOR;

/// The address that a request came from, an IPv4 address as such however it was written; `None` if the
/// connection has none, such as over a test's own transport.
///
/// Whoever connects may write what they like into `X-Forwarded-For`, so it counts behind a proxy only, and of
/// it only the last element, which is the one that the proxy appended.
#[must_use]
pub fn of(request: &HttpRequest, is_behind_proxy: bool) -> Option<IpAddr> {
    let forwarded = || {
        let value = request.headers().get_all(X_FORWARDED_FOR).last()?;
        let last = value.to_str().ok()?.rsplit(',').next()?.trim();
        last.parse().ok().or_else(|| last.parse::<SocketAddr>().ok().map(|address| address.ip()))
    };
    let forwarded = if is_behind_proxy { forwarded() } else { None };
    let peer = || request.peer_addr().map(|peer| peer.ip());
    forwarded.or_else(peer).map(|address| address.to_canonical())
}

/// What limits know an address by: an IPv4 address, or the first 64 bits of an IPv6 address. One household or
/// machine has a whole /64 of IPv6 (RFC 6177), and may change within it.
#[must_use]
pub fn client(address: IpAddr) -> IpAddr {
    cut(address, 64)
}

/// What limits know a whole site by: an IPv4 address, or the first 48 bits of an IPv6 address. A site gets up
/// to a /48 (RFC 6177), which is 65,536 of what [`client`] returns.
#[must_use]
pub fn site(address: IpAddr) -> IpAddr {
    cut(address, 48)
}

fn cut(address: IpAddr, bits: u32) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(u128::MAX);
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn address(forwarded: &[&str], is_behind_proxy: bool) -> String {
        let request = TestRequest::get().peer_addr("10.0.0.1:5000".parse().expect("an address"));
        let add = |request: TestRequest, value: &&str| request.append_header((X_FORWARDED_FOR, *value));
        of(&forwarded.iter().fold(request, add).to_http_request(), is_behind_proxy)
            .expect("an address")
            .to_string()
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

    #[test]
    fn a_connection_without_an_address_has_none() {
        assert_eq!(of(&TestRequest::get().to_http_request(), true), None);
    }

    #[test]
    fn networks_of_ipv6_are_one_client() {
        let cut = |text: &str| {
            let address = text.parse().expect("an address");
            (client(address).to_string(), site(address).to_string())
        };
        let expected = ("2001:db8:1:2::".to_owned(), "2001:db8:1::".to_owned());
        assert_eq!(cut("2001:db8:1:2:3:4:5:6"), expected);
        assert_eq!(cut("192.0.2.7"), ("192.0.2.7".to_owned(), "192.0.2.7".to_owned()));
        assert_eq!(cut("::ffff:192.0.2.7").0, "192.0.2.7");
    }
}
