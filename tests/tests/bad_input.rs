//! What no honest client sends: each is refused with a clear problem document, and changes nothing.
#![cfg(test)]

use serde_json::{Value, json};
use support_tests::testkit::raw_exchange;
use support_tests::{
    Answer, Desk, Person, RawResponse, Response, check_problem, for_each_database, request, with,
};

const MIB: usize = 1 << 20;

struct Scene {
    customer: Person,
    ticket: String,
    everything: Value,
}

fn set(desk: &Desk) -> Scene {
    desk.department("Technical Support", 1, &["technical"]);
    let lou = desk.hire("Lou", "Technical Support", 1);
    let customer = desk.customer(1);
    let ticket = desk.open(&customer, "technical");
    desk.assign(&ticket, &lou);
    Scene { customer, ticket, everything: desk.everything() }
}

/// The desk is as it was, and alive.
#[track_caller]
fn assert_untouched(desk: &Desk, scene: &Scene) {
    assert_eq!(desk.everything(), scene.everything);
    desk.nobody().get("/readyz").is(200);
    let log = desk.server.log();
    assert!(!log.contains("panicked"), "{log}");
}

#[track_caller]
fn assert_problem(answer: &Response, allowed: &[u16], what: &str) {
    assert!(allowed.contains(&answer.status), "{what} should get one of {allowed:?}: {answer:?}");
    answer.problem_of(answer.status);
    let body = answer.text();
    for leaked in ["SQL", "sqlite", "postgres", "diesel", "panicked", "src/", "serde"] {
        assert!(!body.contains(leaked), "{what}: {leaked} in {body}");
    }
}

fn ticket_with(member: &str, value: &str) -> Vec<u8> {
    let rest = request("technical").to_string();
    format!("{{\"{member}\": {value}, {}", rest.trim_start_matches('{')).into_bytes()
}

for_each_database!(bodies_that_are_no_request, |desk: &mut Desk| {
    let scene = set(desk);
    let post = |body: Vec<u8>| {
        let send = |request: support_tests::testkit::Request| request.body("application/json", body);
        scene.customer.send("POST", "/support/tickets", send)
    };
    let nested = |open: &str, depth: usize| open.repeat(depth).into_bytes();
    let rest = request("technical").to_string();
    let mut invalid_utf8 = ticket_with("tags", "[\"?\"]");
    let at = invalid_utf8.iter().position(|byte| *byte == b'?').unwrap();
    invalid_utf8[at] = 0xff;
    let with_bom = ["\u{feff}".as_bytes(), rest.as_bytes()].concat();
    let malformed: [(&str, Vec<u8>); 14] = [
        ("nothing", Vec::new()),
        ("a brace", b"{".to_vec()),
        ("no JSON", b"subject=x".to_vec()),
        ("half of it", rest.as_bytes()[..40].to_vec()),
        ("a comma too many", b"{\"subject\": \"x\",}".to_vec()),
        ("single quotes", b"{'subject': 'x'}".to_vec()),
        ("two documents", format!("{rest}{rest}").into_bytes()),
        ("NaN", ticket_with("tags", "NaN")),
        ("invalid UTF-8", invalid_utf8),
        ("a byte order mark", with_bom),
        ("half a surrogate pair", ticket_with("tags", "[\"\\ud800\"]")),
        ("a raw NUL", ticket_with("tags", "[\"\0\"]")),
        ("100,000 arrays", nested("[", 100_000)),
        ("100,000 objects", nested("{\"a\":", 100_000)),
    ];
    for (what, body) in malformed {
        // Before it is found to be no JSON, it may be found to be too much of it.
        let allowed: &[u16] = if body.len() > 100_000 { &[400, 413] } else { &[400] };
        assert_problem(&post(body), allowed, what);
    }
    let mut closed = nested("[", 100_000);
    closed.extend(nested("]", 100_000));
    let unfit: [(&str, Vec<u8>); 12] = [
        ("an array", b"[]".to_vec()),
        ("a text", b"\"subject\"".to_vec()),
        ("null", b"null".to_vec()),
        ("a number", b"7".to_vec()),
        ("an empty object", b"{}".to_vec()),
        ("arrays within arrays", closed),
        (
            "a NUL in the subject",
            with(request("loan"), json!({ "subject": "a\0b" })).to_string().into_bytes(),
        ),
        (
            "a NUL in the text",
            with(request("loan"), json!({ "description": "a\0b" })).to_string().into_bytes(),
        ),
        ("a NUL in a tag", ticket_with("tags", "[\"a\\u0000b\"]")),
        ("a NUL in a name", ticket_with("a\\u0000b", "1")),
        ("10,000 tags", ticket_with("tags", &json!(vec!["x"; 10_000]).to_string())),
        ("a number beyond all bounds", ticket_with("tags", "1e999")),
    ];
    for (what, body) in unfit {
        assert_problem(&post(body), &[400, 413, 422], what);
    }
    let large = format!("{{\"subject\": \"{}\"}}", "x".repeat(10 * MIB));
    assert_problem(&post(large.into_bytes()), &[413], "10 MiB");
    assert_problem(&post(vec![b' '; 10 * MIB]), &[413], "10 MiB of nothing");
    let admin = desk.admin();
    let department = json!({ "name": "a\u{0}b", "description": "", "tier": 1 });
    assert_problem(&admin.post("/support/departments", &department), &[422], "a NUL in a department");
    let many = json!({ "ticketIds": vec![scene.ticket.as_str(); 10_000], "resolution": "x" });
    assert_problem(&admin.post("/support/tickets/bulk/resolve", &many), &[413, 422], "10,000 tickets");
    for up_to in ["1e999", "-1e999", "99999999999999999999999", "-1", "0.5", "\"1\"", "[]"] {
        let body = format!("{{\"upTo\": {up_to}}}");
        let path = format!("/support/tickets/{}/messages/read", scene.ticket);
        let answer = scene.customer.send("POST", &path, |request| request.body("application/json", body));
        let allowed: &[u16] = if up_to.starts_with('9') { &[200, 400, 422] } else { &[400, 422] };
        assert!(allowed.contains(&answer.status), "{up_to}: {answer:?}");
    }
    let everything = desk.everything();
    assert_eq!(everything["tickets"], scene.everything["tickets"]);
    assert!(!desk.server.log().contains("panicked"));
});

for_each_database!(a_member_that_is_there_twice, |desk: &mut Desk| {
    let scene = set(desk);
    // Which one counts? Whoever is between the caller and the desk may have read the other one (RFC 8259,
    // section 4).
    for body in
        [ticket_with("subject", "\"Another\""), ticket_with("priority", "\"low\", \"priority\": \"urgent\"")]
    {
        let answer =
            scene.customer.send("POST", "/support/tickets", |request| request.body("application/json", body));
        assert_problem(&answer, &[400, 422], "twice");
    }
    assert_untouched(desk, &scene);
});

for_each_database!(bodies_of_another_type, |desk: &mut Desk| {
    let scene = set(desk);
    let body = request("technical").to_string();
    let path = format!("/support/tickets/{}", scene.ticket);
    for kind in [
        "text/plain",
        "text/json",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
        "json",
        "application/json-patch+json",
        "*/*",
        "",
    ] {
        for (method, path) in
            [("POST", "/support/tickets"), ("PATCH", path.as_str()), ("POST", "/auth/login")]
        {
            let answer = scene.customer.send(method, path, |request| request.body(kind, body.as_str()));
            assert_problem(&answer, &[415], kind);
        }
    }
    let address = desk.server.address().unwrap();
    let token = support_tests::Token::new(&scene.customer.id, "customer").mint();
    let without = format!(
        "POST /support/tickets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    assert_raw_problem(&raw_exchange(address, without.as_bytes()).unwrap(), &[415], "no content type");
    let packed = scene.customer.send("POST", "/support/tickets", |request| {
        request
            .header("Content-Encoding", "gzip")
            .body("application/json", vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])
    });
    assert_problem(&packed, &[400, 415], "compressed");
    assert_untouched(desk, &scene);
    let plain = scene.customer.send("POST", "/support/tickets", |request| {
        request.body("Application/JSON; charset=utf-8", body.as_str())
    });
    plain.is(201);
});

for_each_database!(addresses_that_lead_nowhere, |desk: &mut Desk| {
    let scene = set(desk);
    let admin = desk.admin();
    let allow = |method: &str, path: &str, expected: &[&str]| {
        let answer = admin.send(method, path, |request| request.json(&json!({})));
        assert_problem(&answer, &[405], path);
        let header = answer.must_have("allow");
        let mut allowed: Vec<&str> =
            header.split(',').map(str::trim).filter(|name| *name != "HEAD").collect();
        allowed.sort_unstable();
        assert_eq!(allowed, expected, "{method} {path}");
    };
    let ticket = format!("/support/tickets/{}", scene.ticket);
    for method in ["PUT", "DELETE", "BREW"] {
        allow(method, "/support/tickets", &["GET", "POST"]);
        allow(method, &ticket, &["GET", "PATCH"]);
        allow(method, &format!("{ticket}/messages"), &["GET", "POST"]);
        allow(method, &format!("{ticket}/history"), &["GET"]);
        allow(method, "/support/agents", &["GET", "POST"]);
        allow(method, "/support/departments", &["GET", "POST"]);
        allow(method, "/support/notifications", &["GET"]);
        allow(method, "/auth/login", &["POST"]);
        allow(method, "/healthz", &["GET"]);
    }
    allow("PATCH", "/support/tickets/assign", &["POST"]);
    allow("POST", "/support/tickets/stats", &["GET"]);

    let secret = "support.db";
    let ids = [
        "..",
        "../agents",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e%2f%2e%2e",
        "..%5c..",
        "%00",
        "a%00b",
        "%ff%fe",
        "%",
        "%zz",
        "x",
        "-1",
        "0",
        "null",
        "undefined",
        "'%20OR%20'1'='1",
        "TKT-2026-001'--",
        "TKT-2026-1",
        "TKT-99999-001",
        "TKT-2026-99999999999999999999999",
        "01900000-0000-7000-8000-00000000000",
        "%F0%9F%8E%AB",
        "*",
        "%25",
        secret,
        "01900000000070008000000000000001x",
        "{ticketId}",
        "$ticket",
        "..;",
        ".%2e",
        "%252e%252e",
    ];
    for id in ids {
        for path in [
            format!("/support/tickets/{id}"),
            format!("/support/tickets/{id}/messages"),
            format!("/support/tickets/{id}/history"),
            format!("/support/agents/{id}"),
            format!("/support/departments/{id}"),
            format!("/{id}"),
        ] {
            let request = format!(
                "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\r\n",
                support_tests::Token::new(&admin.id, "admin").mint()
            );
            let answer = raw_exchange(desk.server.address().unwrap(), request.as_bytes()).unwrap();
            // Another spelling of an address that exists may be answered as that one.
            let is_list = path.contains("..") && answer.status == Some(200);
            if !is_list {
                assert_raw_problem(&answer, &[400, 404, 405, 422], &path);
            }
        }
    }
    let long = format!("/support/tickets/{}", "x".repeat(5_000));
    assert_problem(&admin.get(&long), &[400, 404, 414, 422], "a long id");
    for path in
        ["/support", "/support/", "/support/tickets/x/y/z", "/SUPPORT/TICKETS", "/favicon.ico", "/.env", "//"]
    {
        assert_problem(&admin.get(path), &[404], path);
    }
    assert_untouched(desk, &scene);
});

for_each_database!(headers_that_do_not_fit, |desk: &mut Desk| {
    let scene = set(desk);
    let path = format!("/support/tickets/{}", scene.ticket);
    let admin = desk.admin();
    let now = admin.get(&path).must_have("etag");
    // If-Match compares strongly (RFC 9110, section 13.1.1): a weak tag matches nothing.
    for tag in
        ["garbage", "\"", "1", "\"1", "", "\"x\"", "\"-1\"", "\"99999999999999999999\"", &format!("W/{now}")]
    {
        let body = json!({ "subject": "Another" });
        let answer = admin.send("PATCH", &path, |request| request.header("If-Match", tag).json(&body));
        assert_problem(&answer, &[400, 412, 422], tag);
    }
    for tag in ["garbage", "\"", "W/", ""] {
        let answer = admin.send("GET", &path, |request| request.header("If-None-Match", tag));
        assert!([200, 400].contains(&answer.status), "{tag}: {answer:?}");
    }
    for query in ["limit=0", "limit=201", "limit=-1", "limit=x", "cursor=nonsense", "cursor=%00"] {
        for path in [format!("{path}/history"), "/support/notifications".into()] {
            assert_problem(&admin.get(&format!("{path}?{query}")), &[400, 422], query);
        }
    }
    assert_untouched(desk, &scene);
});

for_each_database!(who_may_not_ask_is_told_that_first, |desk: &mut Desk| {
    let scene = set(desk);
    let nobody = desk.nobody();
    let path = format!("/support/tickets/{}", scene.ticket);
    for (method, path) in
        [("POST", "/support/tickets"), ("PATCH", path.as_str()), ("POST", "/support/agents")]
    {
        for body in ["{", "{}", "[]", "{\"colour\": \"red\"}"] {
            let answer = nobody.send(method, path, |request| request.body("application/json", body));
            assert_problem(&answer, &[401], body);
        }
        assert_problem(&nobody.send(method, path, |request| request.body("text/plain", "x")), &[401], "text");
    }
    assert_problem(&nobody.get("/support/tickets?colour=red"), &[401], "a parameter");
    assert_problem(&nobody.get("/support/tickets/x"), &[401], "an id");
    assert_untouched(desk, &scene);
});

for_each_database!(unknown_parameters_are_refused_everywhere, |desk: &mut Desk| {
    let scene = set(desk);
    let admin = desk.admin();
    let ticket = format!("/support/tickets/{}", scene.ticket);
    let agent = format!("/support/agents/{}", desk.ticket(&scene.ticket)["assignedTo"].as_str().unwrap());
    let department = admin.items("/support/departments")[0]["id"].as_str().unwrap().to_owned();
    let note = scene.customer.items("/support/notifications")[0]["id"].as_str().unwrap().to_owned();
    let id = &scene.ticket;
    // Each would do something if it were not for the parameter.
    let requests = [
        ("GET", "/support/tickets".to_owned(), Value::Null),
        ("POST", "/support/tickets".into(), request("technical")),
        ("GET", ticket.clone(), Value::Null),
        ("PATCH", ticket.clone(), json!({ "subject": "Another" })),
        ("GET", "/support/tickets/stats".into(), Value::Null),
        ("POST", "/support/tickets/assign".into(), json!({ "ticketId": id })),
        ("POST", "/support/tickets/escalate".into(), json!({ "ticketId": id, "reason": "x" })),
        ("GET", format!("{ticket}/history"), Value::Null),
        ("POST", format!("{ticket}/notify"), json!({ "to": "customer", "message": "x" })),
        ("GET", format!("{ticket}/messages"), Value::Null),
        ("POST", format!("{ticket}/messages"), json!({ "message": "x" })),
        ("POST", format!("{ticket}/messages/read"), json!({ "upTo": 1 })),
        ("POST", "/support/tickets/bulk/resolve".into(), json!({ "ticketIds": [id], "resolution": "x" })),
        ("GET", "/support/agents".into(), Value::Null),
        ("GET", agent.clone(), Value::Null),
        ("PATCH", agent, json!({ "tier": 3 })),
        ("GET", "/support/departments".into(), Value::Null),
        ("GET", format!("/support/departments/{department}"), Value::Null),
        ("POST", "/support/departments".into(), json!({ "name": "New", "description": "", "tier": 1 })),
        ("GET", "/support/notifications".into(), Value::Null),
        ("POST", format!("/support/notifications/{note}/read"), Value::Null),
        ("GET", "/auth/me".into(), Value::Null),
    ];
    let mut wrong = Vec::new();
    for (method, path, body) in requests {
        let is_own = path.contains("notifications") || path == "/support/tickets";
        let person = if is_own { &scene.customer } else { &admin };
        let answer = person.send(method, &format!("{path}?colour=red"), |request| {
            if body.is_null() { request } else { request.json(&body) }
        });
        if answer.status == 422 {
            answer.problem_of(422);
        } else {
            wrong.push(format!("{method} {path}?colour=red -> {}", answer.status));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_untouched(desk, &scene);
});

#[track_caller]
fn assert_raw_problem(answer: &RawResponse, allowed: &[u16], what: &str) {
    assert!(answer.status.is_some_and(|status| allowed.contains(&status)), "{what}: {answer:?}");
    let header = |name: &str| {
        let mut lines = answer.head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    };
    let problem: Value = serde_json::from_slice(&answer.body)
        .unwrap_or_else(|_| panic!("{what} should get a problem document: {answer:?}"));
    check_problem(answer.status.unwrap(), &header("content-type").unwrap_or_default(), &problem);
    assert_eq!(problem["requestId"].as_str(), header("x-request-id").as_deref(), "{what}");
}
