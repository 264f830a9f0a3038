//! What is said of people, and to whom: nothing in log lines, nothing in errors, and nothing to other
//! origins.
#![cfg(test)]

use serde_json::json;
use support_tests::{
    Answer, Backend, Desk, Person, Response, Token, for_each_database, request, subject, with,
};

const PERSONAL: [&str; 8] = [
    "Zoraida",
    "Quillfeather",
    "zoraida@private.example",
    "7946 0018",
    "lost-my-passport",
    "in-room-4711",
    "her-card-is-blue",
    "no-such-street",
];

/// Does a bit of everything with what must not show up in a log line.
fn live(desk: &Desk) -> Vec<String> {
    desk.department("Technical Support", 1, &["technical"]);
    let lou = desk.hire("Lou", "Technical Support", 1);
    let admin = desk.admin();
    let customer = json!({
        "id": subject(9), "name": "Zoraida Quillfeather", "email": "zoraida@private.example", "phone": "+44 20 7946 0018",
    });
    let body = json!({ "subject": "lost-my-passport", "description": "in-room-4711", "customer": customer });
    let ticket = admin.post("/support/tickets", &with(request("technical"), body.clone())).is(201);
    let path = format!("/support/tickets/{}", ticket["id"].as_str().unwrap());
    desk.assign(ticket["id"].as_str().unwrap(), &lou);
    let token = Token::new(&subject(9), "customer").claim("name", "Zoraida Quillfeather");
    let token = token.claim("email", "zoraida@private.example").mint();
    let zoraida = Person { id: subject(9), http: desk.http().with_token(token.as_str()) };
    zoraida.post(&format!("{path}/messages"), &json!({ "message": "her-card-is-blue" })).is(201);
    admin.get("/support/tickets?q=Quillfeather%20Zoraida").is(200);
    let errors = [
        admin.get("/support/agents?q=Quillfeather&tier=no-such-street"),
        admin.get("/support/tickets/Quillfeather"),
        admin.get("/Zoraida/Quillfeather?q=no-such-street"),
        admin.post("/support/tickets", &with(request("x"), body.clone())),
        admin.post(
            "/support/tickets",
            &with(with(request("loan"), body), json!({ "department": "no-such-street" })),
        ),
        zoraida.patch(&path, &json!({ "subject": "lost-my-passport" })),
        lou.patch(&path, &json!({ "status": "closed", "subject": "lost-my-passport" })),
        desk.nobody().post(
            "/auth/login",
            &json!({ "email": "zoraida@private.example", "password": "her-card-is-blue" }),
        ),
        desk.nobody().post("/auth/refresh", &json!({ "refreshToken": "her-card-is-blue" })),
        zoraida.send("POST", "/support/tickets", |request| {
            request.body("application/json", "{\"lost-my-passport\"")
        }),
        hire_again(desk, "zoraida@private.example"),
    ];
    for answer in &errors {
        assert!((400..500).contains(&answer.status), "{answer:?}");
        let text = answer.text();
        for personal in ["Zoraida", "Quillfeather", "zoraida@private.example", "7946 0018"] {
            assert!(!text.contains(personal), "{personal} in {answer:?}");
        }
    }
    vec![token]
}

/// Hires somebody under an address that is taken.
fn hire_again(desk: &Desk, email: &str) -> Response {
    let body = json!({ "name": "Zoraida Quillfeather", "email": email, "department": "Technical Support" });
    desk.admin().post("/support/agents", &body).is(201);
    desk.admin().post("/support/agents", &body)
}

for_each_database!(log_lines_tell_nothing_of_people, |desk: &mut Desk| {
    let tokens = live(desk);
    desk.server.stop().unwrap();
    let log = desk.server.log();
    assert!(log.contains("/support/tickets"), "requests are logged: {log}");
    for secret in PERSONAL.iter().copied().chain(tokens.iter().map(String::as_str)) {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} was logged");
    }
});

for_each_database!(
    debug_lines_tell_nothing_either,
    |desk: &mut Desk| {
        let tokens = live(desk);
        desk.server.stop().unwrap();
        let log = desk.server.log();
        assert!(log.contains("DEBUG") || log.contains("TRACE"), "{log}");
        for secret in PERSONAL.iter().copied().chain(tokens.iter().map(String::as_str)) {
            let line = log.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "{secret} was logged");
        }
    },
    |builder| builder.env("SUPPORT_LOG", "trace")
);

/// The origins that may read an answer, as a browser from `origin` is told.
fn allowed(desk: &Desk, origin: &str) -> Option<String> {
    let answer = desk.admin().send("GET", "/support/tickets", |request| request.header("Origin", origin));
    answer.is(200);
    answer.header("access-control-allow-origin").map(str::to_owned)
}

#[test]
fn other_origins_may_not_read() {
    let start = |origins: &str| {
        Desk::start_with(Backend::Sqlite, |builder| builder.env("SUPPORT_CORS_ORIGINS", origins)).unwrap()
    };
    let desk = start("");
    assert_eq!(allowed(&desk, "https://evil.example"), None);

    let desk = start("https://desk.example, https://other.example:8443");
    for origin in ["https://desk.example", "https://other.example:8443"] {
        assert_eq!(allowed(&desk, origin).as_deref(), Some(origin));
    }
    for origin in [
        "https://evil.example",
        "http://desk.example",
        "https://desk.example.evil",
        "null",
        "https://desk.example:444",
    ] {
        assert_eq!(allowed(&desk, origin), None, "{origin}");
    }
    let preflight = |origin: &str| {
        desk.nobody().send("OPTIONS", "/support/tickets", |request| {
            let request = request.header("Origin", origin).header("Access-Control-Request-Method", "POST");
            request.header(
                "Access-Control-Request-Headers",
                "authorization, content-type, idempotency-key, if-match",
            )
        })
    };
    let answer = preflight("https://desk.example");
    assert!((200..300).contains(&answer.status), "{answer:?}");
    assert_eq!(answer.must_have("access-control-allow-origin"), "https://desk.example");
    assert!(answer.must_have("access-control-allow-methods").contains("POST"));
    let headers = answer.must_have("access-control-allow-headers").to_lowercase();
    for header in ["authorization", "content-type", "idempotency-key", "if-match"] {
        assert!(headers.contains(header), "{header}: {answer:?}");
    }
    assert_eq!(preflight("https://evil.example").header("access-control-allow-origin"), None);

    let desk = start("*");
    let told = allowed(&desk, "https://anyone.example");
    assert!([Some("*"), Some("https://anyone.example")].contains(&told.as_deref()), "{told:?}");
}
