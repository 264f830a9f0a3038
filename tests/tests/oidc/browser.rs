//! A browser as far as signing in needs one: cookies, redirects, and forms that somebody fills in.

use std::collections::BTreeMap;

use support_tests::testkit::{Http, Response};

/// No sign-in takes this many steps.
const MOST_STEPS: usize = 20;

/// A browser with its cookies, which, as in every browser, belong to a host whatever the port.
#[derive(Default)]
pub(crate) struct Browser {
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Asks for an address, and keeps the cookies that come with the answer.
    pub(crate) fn get(&mut self, url: &str) -> Response {
        self.send("GET", url, None)
    }

    /// Signs in at the provider as `subject`, from the desk's page until the provider sends back: answers
    /// that address.
    #[track_caller]
    pub(crate) fn sign_in(&mut self, desk: &str, return_to: &str, subject: &str) -> String {
        let begun = self.get(&format!("{desk}/auth/oidc/login{return_to}"));
        assert_eq!(begun.status, 302, "{begun:?}");
        let mut url = begun.header("location").unwrap().to_owned();
        for _ in 0..MOST_STEPS {
            if url.starts_with(&format!("{desk}/auth/oidc/callback")) {
                return url;
            }
            let page = self.get(&url);
            url = match page.header("location") {
                Some(next) => absolute(&url, next),
                None => self.submit(&url, &page.text(), subject),
            };
        }
        panic!("the provider never sent back");
    }

    /// Fills in the page's form, to log in or to consent, and answers where that leads.
    #[track_caller]
    fn submit(&mut self, url: &str, page: &str, subject: &str) -> String {
        let part = |before: &str| page.split_once(before).and_then(|(_, rest)| rest.split_once('"'));
        let (action, _) = part("action=\"").unwrap_or_else(|| panic!("no form at {url}: {page}"));
        let (prompt, _) =
            part("name=\"prompt\" value=\"").unwrap_or_else(|| panic!("no form at {url}: {page}"));
        let form = format!("prompt={prompt}&login={subject}&password=x");
        let action = absolute(url, action);
        let answer = self.send("POST", &action, Some(&form));
        absolute(&action, answer.header("location").unwrap_or_else(|| panic!("{answer:?}")))
    }

    pub(crate) fn send(&mut self, method: &str, url: &str, form: Option<&str>) -> Response {
        let (origin, path) = split(url);
        let mut request = Http::new(origin).request(method, path);
        if !self.cookies.is_empty() {
            let pairs: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("Cookie", &pairs.join("; "));
        }
        if let Some(form) = form {
            request = request.body("application/x-www-form-urlencoded", form);
        }
        let response = request.send().unwrap();
        self.keep(&response);
        response
    }

    /// Keeps the cookies of a response.
    pub(crate) fn keep(&mut self, response: &Response) {
        for header in response.headers.get_all("set-cookie") {
            let pair = header.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// The origin of an address, and its path with the query.
fn split(url: &str) -> (&str, &str) {
    let after_scheme = url.find("://").map_or(0, |place| place + 3);
    let path = url[after_scheme..].find('/').map_or(url.len(), |place| after_scheme + place);
    url.split_at(path)
}

fn absolute(base: &str, location: &str) -> String {
    if location.starts_with('/') { format!("{}{location}", split(base).0) } else { location.to_owned() }
}
