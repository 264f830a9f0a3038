//! Cookies (RFC 6265): how they are set and read.

use actix_web::HttpRequest;
use actix_web::http::header::COOKIE;
use support_auth::sign_in::{CODE_SECONDS, REQUEST_SECONDS};

/// A cookie of this service, which no script reads.
#[derive(Clone, Copy)]
pub(super) struct Cookie {
    name: &'static str,
    same_site: &'static str,
    seconds: i64,
}

/// Holds a sign-in that was begun. The provider sends the browser back from another site, so it must come
/// along then.
pub(super) const BEGUN: Cookie =
    Cookie { name: "support-sign-in", same_site: "Lax", seconds: REQUEST_SECONDS };
/// Holds the half of a code that the address does not show. Only this service's own pages send it.
pub(super) const HALF: Cookie =
    Cookie { name: "support-sign-in-half", same_site: "Strict", seconds: CODE_SECONDS };

impl Cookie {
    /// The header that sets it. By TLS no other host, not even one beside this one, can set it (`__Host-`,
    /// RFC 6265bis, section 4.1.3.2).
    pub(super) fn set(self, value: &str, is_secure: bool) -> String {
        self.header(value, self.seconds, is_secure)
    }

    /// The header that deletes it.
    pub(super) fn delete(self, is_secure: bool) -> String {
        self.header("", 0, is_secure)
    }

    /// Its value in a request, if it came exactly once.
    pub(super) fn read(self, request: &HttpRequest, is_secure: bool) -> Option<String> {
        let name = self.full_name(is_secure);
        let headers = request.headers().get_all(COOKIE).filter_map(|value| value.to_str().ok());
        let pairs = headers.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut values = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value);
        match (values.next(), values.next()) {
            (Some(only), None) => Some(only.to_owned()),
            _ => None,
        }
    }

    fn header(self, value: &str, seconds: i64, is_secure: bool) -> String {
        let (name, same_site) = (self.full_name(is_secure), self.same_site);
        let secure = if is_secure { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite={same_site}{secure}")
    }

    fn full_name(self, is_secure: bool) -> String {
        format!("{}{}", if is_secure { "__Host-" } else { "" }, self.name)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_cookie_is_bound_to_its_host_by_tls() {
        assert_eq!(
            BEGUN.set("x", true),
            "__Host-support-sign-in=x; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(HALF.delete(false), "support-sign-in-half=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    }

    #[test]
    fn a_cookie_that_comes_twice_is_none() {
        let read = |header: &str| {
            let request = TestRequest::default().insert_header((COOKIE, header)).to_http_request();
            BEGUN.read(&request, false)
        };
        assert_eq!(read("a=b; support-sign-in=x=y;c=d").as_deref(), Some("x=y"));
        for other in ["", "support-sign-in", "a=support-sign-in", "support-sign-in=x; support-sign-in=y"] {
            assert_eq!(read(other), None, "{other}");
        }
        let secured = TestRequest::default().insert_header((COOKIE, "support-sign-in=x")).to_http_request();
        assert_eq!(BEGUN.read(&secured, true), None);
    }
}
