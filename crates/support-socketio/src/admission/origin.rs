//! Which pages may connect (RFC 6454). A browser sends cookies and reaches private networks for any page, so
//! the server must look at where a page came from; it does not where a WebSocket is opened.

use actix_web::http::header::{HOST, HeaderMap, ORIGIN};

/// The pages that may connect. A request without an origin does not come from a browser and always may; so
/// may the pages of the server itself.
#[derive(Clone, Debug)]
pub enum Origins {
    /// Pages of any origin.
    Any,
    /// Pages of these, such as `https://help.example.com`.
    Listed(Vec<String>),
}

/// Whether a request with these headers may connect.
pub(super) fn is_allowed(allowed: &Origins, headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(ORIGIN);
    let Some(origin) = origins.next() else { return true };
    let Origins::Listed(listed) = allowed else { return true };
    let Some(origin) = origin.to_str().ok().and_then(Origin::parse) else { return false };
    let is_own = || {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        host.is_some_and(|host| Origin::with_host(&origin.scheme, host) == origin)
    };
    origins.next().is_none()
        && (is_own()
            || listed.iter().any(|listed| Origin::parse(listed).is_some_and(|listed| listed == origin)))
}

/// An origin in its normal form.
#[derive(Debug, PartialEq, Eq)]
struct Origin {
    scheme: String,
    /// Host and port; without the port if it is the scheme's own.
    authority: String,
}

impl Origin {
    fn parse(text: &str) -> Option<Self> {
        let (scheme, host) = text.trim().trim_end_matches('/').split_once("://")?;
        if host.is_empty() || host.contains('/') { None } else { Some(Self::with_host(scheme, host)) }
    }

    fn with_host(scheme: &str, host: &str) -> Self {
        let scheme = scheme.to_ascii_lowercase();
        let own_port = match scheme.as_str() {
            "https" => ":443",
            "http" => ":80",
            _ => "",
        };
        let host = host.trim().to_ascii_lowercase();
        let authority = host.strip_suffix(own_port).map(str::to_owned).unwrap_or(host);
        Self { scheme, authority }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn allows(listed: &[&str], host: &str, origins: &[&str]) -> bool {
        let request = origins
            .iter()
            .fold(TestRequest::get().insert_header((HOST, host)), |request, origin| {
                request.append_header((ORIGIN, *origin))
            })
            .to_http_request();
        let listed = Origins::Listed(listed.iter().map(|origin| (*origin).to_owned()).collect());
        is_allowed(&listed, request.headers())
    }

    #[test]
    fn no_origin_is_no_browser() {
        assert!(allows(&[], "desk.example", &[]));
    }

    #[test]
    fn the_servers_own_pages_may() {
        assert!(allows(&[], "desk.example", &["https://desk.example"]));
        assert!(allows(&[], "desk.example", &["http://DESK.example"]));
        assert!(allows(&[], "desk.example:443", &["https://desk.example"]));
        assert!(allows(&[], "127.0.0.1:8080", &["http://127.0.0.1:8080"]));
        assert!(!allows(&[], "127.0.0.1:8080", &["http://127.0.0.1:9090"]));
        assert!(!allows(&[], "desk.example", &["https://desk.example:8443"]));
    }

    #[test]
    fn listed_pages_may_under_their_scheme() {
        let listed = ["https://help.example", "https://app.example:8443/"];
        assert!(allows(&listed, "desk.example", &["https://help.example"]));
        assert!(allows(&listed, "desk.example", &["https://help.example:443"]));
        assert!(allows(&listed, "desk.example", &["https://app.example:8443"]));
        assert!(!allows(&listed, "desk.example", &["http://help.example"]));
        assert!(!allows(&listed, "desk.example", &["https://app.example"]));
        assert!(!allows(&listed, "desk.example", &["https://help.example.evil.example"]));
        assert!(!allows(&listed, "desk.example", &["https://sub.help.example"]));
    }

    #[test]
    fn what_is_no_single_origin_may_not() {
        let listed = ["https://help.example"];
        assert!(!allows(&listed, "desk.example", &["null"]));
        assert!(!allows(&listed, "desk.example", &[""]));
        assert!(!allows(&listed, "desk.example", &["https://"]));
        assert!(!allows(&listed, "desk.example", &["https://help.example", "https://evil.example"]));
    }
}
