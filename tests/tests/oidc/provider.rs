//! The provider of another maker, as a child process, and a desk that knows it.

use serde_json::{Value, json};
use support_tests::script::{Dialogue, node};
use support_tests::{Backend, Desk};

use crate::browser::Browser;

/// The desk's secret at the provider. The signs in it show whether it is encoded on its way.
pub(crate) const SECRET: &str = "a secret: of 100% & more / characters than 32";

/// A provider. Dropping it kills it.
pub(crate) struct Provider {
    script: Dialogue,
    pub(crate) issuer: String,
    settings: Value,
}

impl Provider {
    /// Starts a provider that has no client yet; with a certificate and its key it speaks TLS.
    pub(crate) fn start(files: &[String]) -> Self {
        let mut script = Dialogue::start(node("oidc-provider.mjs", files));
        let (word, issuer) = script.hear().expect("it starts");
        assert_eq!(word, "issuer");
        Self { script, issuer: issuer.as_str().unwrap().to_owned(), settings: json!({}) }
    }

    /// Changes some of its settings.
    pub(crate) fn set(&mut self, changes: &Value) {
        for (name, value) in changes.as_object().unwrap() {
            self.settings[name] = value.clone();
        }
        self.tell(&self.settings.to_string());
    }

    /// Has it know these people, by subject, address, and whether the address was verified.
    pub(crate) fn set_accounts(&mut self, accounts: &[(&str, &str, bool)]) {
        let account = |(sub, email, verified): &(&str, &str, bool)| json!({ "sub": sub, "email": email, "email_verified": verified });
        self.set(&json!({ "accounts": accounts.iter().map(account).collect::<Vec<_>>() }));
    }

    /// Has it sign with a new key.
    pub(crate) fn rotate(&mut self) {
        self.tell("rotate");
    }

    fn tell(&mut self, line: &str) {
        self.script.tell(line);
        assert_eq!(self.script.hear().expect("it goes on").0, "ready");
    }
}

/// A desk, its provider, and where the desk is.
pub(crate) struct Scene {
    pub(crate) desk: Desk,
    pub(crate) provider: Provider,
    pub(crate) url: String,
}

impl Scene {
    /// A desk with a secret at its provider.
    pub(crate) fn new(backend: Backend) -> Self {
        Self::with_secret(backend, Some(SECRET))
    }

    pub(crate) fn with_secret(backend: Backend, secret: Option<&str>) -> Self {
        let mut provider = Provider::start(&[]);
        let desk = Desk::start_with(backend, |builder| {
            let builder =
                builder.env("SUPPORT_OIDC_ISSUER", &provider.issuer).env("SUPPORT_OIDC_CLIENT_ID", "desk");
            secret
                .into_iter()
                .fold(builder, |builder, secret| builder.env("SUPPORT_OIDC_CLIENT_SECRET", secret))
        });
        let desk = desk.unwrap();
        let url = format!("http://{}", desk.server.address().unwrap());
        let redirect = format!("{url}/auth/oidc/callback");
        provider.set(&json!({ "redirect": redirect, "secret": secret, "accounts": [] }));
        Self { desk, provider, url }
    }

    /// Signs in as `subject` in a browser of their own, as far as the desk's answer to the provider's.
    #[track_caller]
    pub(crate) fn come_back(&self, subject: &str) -> (Browser, support_tests::Response) {
        let mut browser = Browser::default();
        let back = browser.sign_in(&self.url, "", subject);
        let answer = browser.get(&back);
        (browser, answer)
    }

    /// Exchanges the code of the desk's answer in this browser.
    #[track_caller]
    pub(crate) fn exchange(&self, browser: &mut Browser, code: &str) -> support_tests::Response {
        let cookies: Vec<String> =
            browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let nobody = self.desk.nobody();
        nobody.send("POST", "/auth/oidc/token", |request| {
            request.header("Cookie", &cookies.join("; ")).json(&json!({ "code": code }))
        })
    }
}

/// The code in the fragment of where the desk sends a browser.
#[track_caller]
pub(crate) fn code(answer: &support_tests::Response) -> String {
    assert_eq!(answer.status, 302, "{answer:?}");
    let location = answer.header("location").unwrap();
    location.split_once("#signInCode=").unwrap_or_else(|| panic!("{location}")).1.to_owned()
}
