//! Which pages a request may come from (RFC 6454).

use actix_web::http::header::{HOST, HeaderMap, ORIGIN};

/// The pages that requests may come from, besides those of the server itself. A request without an origin
/// does not come from a browser and always may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origins {
    /// Pages of any origin.
    Any,
    /// Pages of these, such as `https://desk.example.com`.
    Listed(Vec<String>),
}

impl Origins {
    /// The origins of a list, in which `*` stands for any.
    #[must_use]
    pub fn of(list: Vec<String>) -> Self {
        if list.iter().any(|origin| origin == "*") { Self::Any } else { Self::Listed(list) }
    }

    /// Whether a request with these headers comes from a page that may send it. For what browsers do not
    /// check themselves: they open a WebSocket for any page.
    #[must_use]
    pub fn allow(&self, headers: &HeaderMap) -> bool {
        let mut origins = headers.get_all(ORIGIN);
        let Some(origin) = origins.next() else { return true };
        let Self::Listed(listed) = self else { return true };
        let Some(origin) = origin.to_str().ok().and_then(Origin::parse) else { return false };
        let is_own = || {
            let host = headers.get(HOST).and_then(|host| host.to_str().ok());
            host.is_some_and(|host| Origin::with_host(&origin.scheme, host) == origin)
        };
        let is_listed = || listed.iter().any(|listed| Origin::parse(listed).as_ref() == Some(&origin));
        origins.next().is_none() && (is_own() || is_listed())
    }
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
        listed.allow(request.headers())
    }

    #[test]
    fn a_star_among_them_is_all() {
        let list =
            |origins: &[&str]| Origins::of(origins.iter().map(|origin| (*origin).to_owned()).collect());
        assert_eq!(list(&["https://help.example", "*"]), Origins::Any);
        assert_eq!(list(&["https://help.example"]), Origins::Listed(vec!["https://help.example".to_owned()]));
        let request = TestRequest::get().insert_header((ORIGIN, "https://any.example")).to_http_request();
        assert!(list(&["*"]).allow(request.headers()) && !list(&[]).allow(request.headers()));
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
