//! Staff sign in with an identity provider of another maker.
#![cfg(test)]

#[path = "../tls/authority.rs"]
#[expect(dead_code, reason = "only some of what TLS needs is needed here")]
mod authority;
mod browser;
mod provider;

use serde_json::{Value, json};
use support_tests::program::run;
use support_tests::testkit::Server;
use support_tests::{Answer, Backend, Desk, Person, Response};

use crate::authority::Authority;
use crate::browser::Browser;
use crate::provider::{Provider, Scene, code};

macro_rules! on_each_database {
    ($($name:ident)+) => {$(
        mod $name {
            #[test]
            fn sqlite() {
                super::$name(support_tests::Backend::Sqlite);
            }

            #[test]
            fn postgres() {
                super::$name(support_tests::Backend::Postgres);
            }
        }
    )+};
}

on_each_database! {
    an_agent_signs_in
    only_known_staff_is_let_in
    an_address_does_not_take_an_account_along
}

const LOU: &str = "lou@desk.example";

/// A desk whose one agent, Lou, has no password.
fn scene(backend: Backend) -> Scene {
    let scene = Scene::new(backend);
    scene.desk.department("Loans", 1, &[]);
    scene.desk.hire("Lou", "Loans", 1);
    scene
}

fn refresh(desk: &Desk, session: &Value) -> Response {
    desk.nobody().post("/auth/refresh", &json!({ "refreshToken": session["refreshToken"] }))
}

fn an_agent_signs_in(backend: Backend) {
    let mut scene = scene(backend);
    scene.provider.set_accounts(&[("lou-1", "Lou@Desk.Example", true)]);
    let mut browser = Browser::default();
    let back = browser.sign_in(&scene.url, "?returnTo=/console%3Fa%3Db", "lou-1");
    let answer = browser.get(&back);
    assert!(answer.must_have("location").starts_with("/console?a=b#signInCode="), "{answer:?}");
    assert_eq!(browser.cookies.keys().filter(|name| *name == "support-sign-in").count(), 0, "it was deleted");
    let one_time = code(&answer);

    // In another browser the code is of no use, and it does not wear out by that.
    scene.exchange(&mut Browser::default(), &one_time).refused(401, "invalid_session");
    scene.exchange(&mut browser, "made-up").refused(401, "invalid_session");
    let answer = scene.exchange(&mut browser, &one_time);
    let session = answer.is(200);
    assert_eq!((&session["user"]["email"], &session["user"]["role"]), (&json!(LOU), &json!("agent")));
    let http = scene.desk.http().with_token(session["accessToken"].as_str().unwrap());
    let lou = Person { id: String::new(), http };
    assert_eq!(lou.get("/auth/me").is(200), session["user"]);
    let next = refresh(&scene.desk, &session).is(200);

    // A code that is used again was stolen: the session ends.
    scene.exchange(&mut browser, &one_time).refused(401, "invalid_session");
    refresh(&scene.desk, &next).refused(401, "invalid_session");

    // The provider changes its key, and the same person signs in.
    scene.provider.rotate();
    let (mut browser, answer) = scene.come_back("lou-1");
    scene.exchange(&mut browser, &code(&answer)).is(200);

    let log = scene.desk.server.log();
    for secret in [LOU, "lou-1", &one_time, provider::SECRET] {
        assert!(!log.contains(secret), "{secret} was logged");
    }
}

fn only_known_staff_is_let_in(backend: Backend) {
    let mut scene = scene(backend);
    let arguments = ["admin", "create", "--email", "ada@desk.example", "--name", "Ada", "--password-stdin"];
    assert_eq!(run(scene.desk.server.command(&arguments), "correct horse battery\n").code, Some(0));
    // A customer whom the desk knows by their address.
    scene.desk.open(&scene.desk.customer(1), "general");
    scene.provider.set_accounts(&[
        ("admin", "ada@desk.example", true),
        ("customer", "customer1@example.com", true),
        ("stranger", "stranger@desk.example", true),
        ("unverified", LOU, false),
    ]);
    for subject in ["customer", "stranger", "unverified"] {
        scene.come_back(subject).1.refused(403, "unknown_identity");
    }
    let (mut browser, answer) = scene.come_back("admin");
    let session = scene.exchange(&mut browser, &code(&answer)).is(200);
    assert_eq!(session["user"]["role"], "admin");
}

fn an_address_does_not_take_an_account_along(backend: Backend) {
    let mut scene = scene(backend);
    scene.provider.set_accounts(&[("first", LOU, true)]);
    let (mut browser, answer) = scene.come_back("first");
    let user = scene.exchange(&mut browser, &code(&answer)).is(200)["user"].clone();
    // Lou's address at the provider becomes another, and somebody else gets the old one.
    scene.provider.set_accounts(&[("first", "married@desk.example", false), ("second", LOU, true)]);
    scene.come_back("second").1.refused(403, "unknown_identity");
    let (mut browser, answer) = scene.come_back("first");
    let session = scene.exchange(&mut browser, &code(&answer)).is(200);
    assert_eq!(session["user"], user);

    // An administrator says that they are somebody else there now.
    let unlink = || run(scene.desk.server.command(&["admin", "unlink-identity", "--email", LOU]), "");
    assert_eq!(unlink().code, Some(0));
    assert_eq!(unlink().code, Some(2), "nothing is left to forget");
    refresh(&scene.desk, &session).refused(401, "invalid_session");
    let (mut browser, answer) = scene.come_back("second");
    assert_eq!(scene.exchange(&mut browser, &code(&answer)).is(200)["user"], user);
    scene.come_back("first").1.refused(403, "unknown_identity");
}

#[test]
fn an_end_without_its_beginning_is_refused() {
    let mut scene = scene(Backend::Sqlite);
    scene.provider.set_accounts(&[("lou-1", LOU, true)]);
    let mut browser = Browser::default();
    let back = browser.sign_in(&scene.url, "", "lou-1");
    let get = |cookies: &[(&str, String)], url: &str| {
        let cookies = cookies.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Browser { cookies }.get(url)
    };
    let cookie = browser.cookies["support-sign-in"].clone();
    let own = [("support-sign-in", cookie.clone())];
    // Somebody who is sent an address in which another person's sign-in ends.
    get(&[], &back).refused(400, "sign_in_expired");
    let mut other = Browser::default();
    let others = other.sign_in(&scene.url, "", "lou-1");
    get(&[("support-sign-in", other.cookies["support-sign-in"].clone())], &back)
        .refused(400, "sign_in_expired");
    // A cookie that was changed: its last character is the tag's.
    let flipped = if cookie.ends_with('A') { "E" } else { "A" };
    let changed = format!("{}{flipped}", &cookie[..cookie.len() - 1]);
    get(&[("support-sign-in", changed)], &back).refused(400, "sign_in_expired");
    let part = |url: &str, name: &str| {
        let (_, rest) = url.split_once(&format!("{name}=")).unwrap();
        rest.split('&').next().unwrap().to_owned()
    };
    let (state, code_part) = (part(&back, "state"), part(&back, "code"));
    get(&own, &back.replace(&state, "another-state")).refused(400, "sign_in_expired");
    get(&own, &format!("{back}&state={state}")).refused(400, "sign_in_expired");
    // Another issuer, none, and another sign-in's code, which another verifier belongs to.
    let iss = part(&back, "iss");
    get(&own, &back.replace(&iss, "https%3A%2F%2Fevil.example")).refused(403, "sign_in_refused");
    get(&own, &back.replace(&format!("iss={iss}"), "x=y")).refused(403, "sign_in_refused");
    get(&own, &back.replace(&code_part, &part(&others, "code"))).refused(403, "sign_in_refused");
    let denied =
        format!("{}/auth/oidc/callback?state={state}&error=access_denied&error_description=x", scene.url);
    let problem = get(&own, &denied).refused(403, "sign_in_refused");
    assert!(problem["detail"].as_str().unwrap().ends_with("access_denied"), "{problem}");
    let mischief = denied.replace("access_denied", "%3Cscript%3E");
    assert!(!get(&own, &mischief).text().contains("script"));
    // It was good all the while, once.
    code(&get(&own, &back));
    get(&own, &back).refused(403, "sign_in_refused");
}

#[test]
fn nobody_is_sent_elsewhere() {
    let scene = scene(Backend::Sqlite);
    for bad in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example", "x", "%2Fx%23y", ""]
    {
        let answer = scene.desk.nobody().get(&format!("/auth/oidc/login?returnTo={bad}"));
        assert_eq!(support_tests::pointers(&answer.problem_of(422)), ["/returnTo"], "{bad}");
    }
    scene.desk.nobody().get("/auth/oidc/login?other=1").problem_of(422);
    let begun = scene.desk.nobody().get("/auth/oidc/login?returnTo=/console").clone();
    let (cookie, url) = (begun.must_have("set-cookie"), begun.must_have("location"));
    assert!(cookie.ends_with("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax"), "{cookie}");
    assert!(url.starts_with(&scene.provider.issuer) && url.contains("code_challenge_method=S256"), "{url}");
}

#[test]
fn clients_without_a_secret_and_with_one_in_the_form_sign_in() {
    for (secret, method) in [(None, "none"), (Some(provider::SECRET), "client_secret_post")] {
        let mut scene = Scene::with_secret(Backend::Sqlite, secret);
        scene.desk.department("Loans", 1, &[]);
        scene.desk.hire("Lou", "Loans", 1);
        // The address stands in the token here, and is not asked for.
        scene.provider.set(&json!({ "method": method, "userinfo": false }));
        scene.provider.set_accounts(&[("lou-1", LOU, true)]);
        let (mut browser, answer) = scene.come_back("lou-1");
        scene.exchange(&mut browser, &code(&answer)).is(200);
    }
}

#[test]
fn a_wrong_secret_is_told_in_the_log() {
    let mut scene = scene(Backend::Sqlite);
    scene.provider.set_accounts(&[("lou-1", LOU, true)]);
    scene.provider.set(&json!({ "secret": "another secret that is as long as the first" }));
    scene.come_back("lou-1").1.refused(403, "sign_in_refused");
    assert!(scene.desk.server.log().contains("invalid_client"), "the cause is in the log");
}

#[test]
fn without_a_provider_there_is_nothing_to_sign_in_with() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    for path in ["/auth/oidc/login", "/auth/oidc/callback?code=x&state=y"] {
        desk.nobody().get(path).refused(404, "no_identity_provider");
    }
    desk.nobody().post("/auth/oidc/token", &json!({ "code": "x" })).refused(404, "no_identity_provider");
}

#[test]
fn a_provider_that_is_away_keeps_nothing_else_from_working() {
    let issuer = Provider::start(&[]).issuer.clone();
    let desk = Desk::start_with(Backend::Sqlite, |builder| {
        builder.env("SUPPORT_OIDC_ISSUER", issuer).env("SUPPORT_OIDC_CLIENT_ID", "desk")
    });
    let desk = desk.unwrap();
    let answer = desk.nobody().get("/auth/oidc/login");
    answer.refused(503, "identity_provider_unavailable");
    assert_eq!(answer.must_have("retry-after"), "1");
    desk.admin().get("/support/agents").is(200);
}

#[test]
fn a_provider_is_trusted_by_the_certificates_of_the_system() {
    let authority = Authority::new();
    authority.issue("provider");
    let mut provider = Provider::start(&[authority.at("provider.pem"), authority.at("provider.key")]);
    provider.set(&json!({ "redirect": "http://127.0.0.1:1/auth/oidc/callback", "accounts": [] }));
    for (is_trusted, status) in [(true, 302), (false, 503)] {
        let desk = Desk::start_with(Backend::Sqlite, |builder| {
            let builder =
                builder.env("SUPPORT_OIDC_ISSUER", &provider.issuer).env("SUPPORT_OIDC_CLIENT_ID", "desk");
            if is_trusted { builder.env("SSL_CERT_FILE", authority.root()) } else { builder }
        });
        let answer = desk.unwrap().nobody().get("/auth/oidc/login");
        assert_eq!(answer.status, status, "{answer:?}");
    }
}

#[test]
fn settings_that_do_not_fit_are_told_in_a_line() {
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("SUPPORT_OIDC_ISSUER", "https://id.example")], "SUPPORT_OIDC_CLIENT_ID"),
        (&[("SUPPORT_OIDC_CLIENT_ID", "desk")], "SUPPORT_OIDC_ISSUER"),
        (&[("SUPPORT_OIDC_CLIENT_SECRET", "hunter2")], "SUPPORT_OIDC_ISSUER"),
        (&[("SUPPORT_OIDC_ISSUER", "http://id.example"), ("SUPPORT_OIDC_CLIENT_ID", "desk")], "https://"),
        (
            &[
                ("SUPPORT_OIDC_ISSUER", "https://id.example"),
                ("SUPPORT_OIDC_CLIENT_ID", "desk"),
                ("SUPPORT_BEHIND_PROXY", "true"),
            ],
            "SUPPORT_OIDC_REDIRECT_URL",
        ),
    ];
    for (settings, word) in cases {
        let server = Server::builder().prepare().unwrap();
        let mut command = server.command(&["serve"]);
        command.envs(settings.iter().copied());
        let ended = run(command, "");
        assert_eq!((ended.code, ended.stderr.lines().count()), (Some(2), 1), "{settings:?} {ended:?}");
        assert!(ended.stderr.contains(word) && !ended.stderr.contains("hunter2"), "{ended:?}");
    }
}
