//! What operators see: probes, figures, documents, signals, secrets and several nodes.
#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support_tests::program::run;
use support_tests::testkit::Server;
use support_tests::testkit::postgres::{Cluster, Database};
use support_tests::{
    Answer, Backend, Desk, Person, Response, Token, each, for_each_database, request, subject, text,
};

for_each_database!(probes_and_figures, |desk: &mut Desk| {
    let nobody = desk.nobody();
    for probe in ["/healthz", "/readyz"] {
        nobody.get(probe).is(200);
        assert_eq!(nobody.send("HEAD", probe, |request| request).status, 200);
    }
    let count = |route: &str| -> f64 {
        let metrics = nobody.get("/metrics");
        assert_eq!(metrics.status, 200);
        assert!(metrics.must_have("content-type").starts_with("text/plain"), "{metrics:?}");
        let text = metrics.text();
        let samples = text.lines().filter(|line| !line.starts_with('#') && line.contains(route));
        samples
            .filter(|line| line.contains("_count") || line.contains("_total"))
            .filter_map(|line| {
                let (_, value) = line.rsplit_once(' ').unwrap();
                value.parse::<f64>().ok()
            })
            .sum()
    };
    let text = nobody.get("/metrics").text();
    assert!(text.contains("# TYPE ") && text.contains("# HELP "), "{text}");
    // Every line is a comment or a sample: a name, perhaps labels, and a number.
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'), "{line}");
        assert!(value.parse::<f64>().is_ok(), "{line}");
    }
    let before = count("/support/tickets\"");
    (0..3).for_each(|_| drop(desk.admin().get("/support/tickets")));
    assert!(count("/support/tickets\"") >= before + 3.0, "{}", nobody.get("/metrics").text());
    // Callers cannot make up figures, and nobody's ticket is one.
    let ticket = desk.open(&desk.customer(1), "technical");
    desk.admin().get(&format!("/support/tickets/{ticket}"));
    nobody.get("/no/such/address/made-up");
    let text = nobody.get("/metrics").text();
    assert!(!text.contains(&ticket) && !text.contains("made-up"), "{text}");
});

for_each_database!(every_response_has_an_id, |desk: &mut Desk| {
    let admin = desk.admin();
    let mut ids = BTreeSet::new();
    for (person, method, path, status) in [
        (&admin, "GET", "/support/tickets", 200),
        (&desk.nobody(), "GET", "/support/tickets", 401),
        (&admin, "GET", "/nowhere", 404),
        (&admin, "PUT", "/support/tickets", 405),
        (&desk.nobody(), "GET", "/healthz", 200),
        (&desk.nobody(), "GET", "/metrics", 200),
        (&desk.nobody(), "GET", "/openapi.json", 200),
    ] {
        let answer = person.send(method, path, |request| request);
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(ids.insert(answer.must_have("x-request-id")), "an id of its own");
        let answer = person.send(method, path, |request| request.header("X-Request-Id", "trace-1_a.B"));
        assert_eq!(answer.must_have("x-request-id"), "trace-1_a.B", "{method} {path}");
        if status >= 400 {
            assert_eq!(answer.problem_of(status)["requestId"], "trace-1_a.B");
        }
    }
    // What could break a log line is not taken over.
    for odd in ["a b", "a\"b\\", "<script>", "a=b level=error", &"x".repeat(4_000)] {
        let answer = admin.send("GET", "/support/tickets", |request| request.header("X-Request-Id", odd));
        assert_ne!(answer.must_have("x-request-id"), odd);
        assert!(!desk.server.log().contains(odd), "{odd}");
    }
});

/// A page as a browser reads it.
fn plain(page: &Response) -> String {
    if page.header("content-encoding") != Some("gzip") {
        return page.text();
    }
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("page.gz");
    fs::write(&file, &page.body).unwrap();
    let mut gzip = Command::new("gzip");
    gzip.arg("-dc").arg(&file);
    run(gzip, "").stdout
}

#[test]
fn the_documents_are_the_programs_own() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let nobody = desk.nobody();
    let served = nobody.get("/openapi.json").is(200);
    let printed: Value = serde_json::from_str(&desk.server.run(&["openapi"]).unwrap()).unwrap();
    assert_eq!(served, printed);
    assert!(served["openapi"].as_str().is_some_and(|version| version.starts_with("3.")), "{served}");
    for path in
        ["/support/tickets", "/support/tickets/{id}/messages", "/support/tickets/bulk/assign", "/auth/login"]
    {
        assert!(served["paths"][path].is_object(), "{path}");
    }

    let mut page = nobody.get("/docs");
    if page.status == 308 {
        page = nobody.get(&page.must_have("location"));
    }
    assert_eq!(page.status, 200);
    assert!(page.must_have("content-type").starts_with("text/html"), "{page:?}");
    let policy = page.must_have("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && !policy.contains("http") && !policy.contains('*'),
        "{policy}"
    );
    let html = plain(&page);
    let mut seen = 0;
    for attribute in ["src=\"", "href=\"", "url(", "@import", "src='", "href='", "fetch(\"", "fetch('"] {
        for rest in html.split(attribute).skip(1) {
            let target = rest.split(['"', '\'', ')', '>']).next().unwrap_or_default();
            assert!(
                !target.contains("://") && !target.starts_with("//"),
                "{attribute}{target} is another host"
            );
            if attribute.starts_with("src") || target.contains(".css") || target.contains(".js") {
                let path = if target.starts_with('/') {
                    target.to_owned()
                } else {
                    format!("/docs/{}", target.trim_start_matches("./"))
                };
                let answer = nobody.get(&path);
                assert_eq!(answer.status, 200, "{target}");
                assert_eq!(answer.must_have("x-content-type-options"), "nosniff");
                seen += 1;
            }
        }
    }
    assert!(seen > 1, "{html}");
    let help = run(desk.server.command(&["--help"]), "");
    assert_eq!(help.code, Some(0), "{help:?}");
    for variable in [
        "SUPPORT_LISTEN",
        "SUPPORT_DATABASE_URL",
        "SUPPORT_DATA_DIR",
        "SUPPORT_JWT_SECRET",
        "SUPPORT_JWT_JWKS",
        "SUPPORT_JWT_ISSUER",
        "SUPPORT_JWT_AUDIENCE",
        "SUPPORT_MASTER_KEY",
        "SUPPORT_BEHIND_PROXY",
        "SUPPORT_RATE_LIMITS",
        "SUPPORT_CORS_ORIGINS",
    ] {
        assert!(help.stdout.contains(variable), "--help shows {variable}");
    }
    for default in ["127.0.0.1:8080", "support.db", "data"] {
        assert!(help.stdout.contains(default), "--help shows the default {default}");
    }
    assert!(!help.stdout.contains(support_tests::testkit::JWT_SECRET), "--help shows no secret");
}

/// A request to open a ticket, of which the last byte is still to come.
fn begun(desk: &Desk) -> (TcpStream, u8) {
    let body = request("technical").to_string();
    let token = Token::new(&subject(1), "customer").mint();
    let bytes = format!(
        "POST /support/tickets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes();
    let mut stream = TcpStream::connect(desk.server.address().unwrap()).unwrap();
    let (last, first) = bytes.split_last().unwrap();
    stream.write_all(first).unwrap();
    (stream, *last)
}

/// Waits until the server has begun to work on a request besides the one that asks.
fn wait_for_flight(desk: &Desk) {
    let flights = |text: &str| {
        let lines = text.lines().filter(|line| line.contains("in_flight") && !line.starts_with('#'));
        lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).sum::<f64>()
    };
    while flights(&desk.nobody().get("/metrics").text()) < 2.0 {
        std::thread::yield_now();
    }
}

for_each_database!(requests_in_flight_are_finished, |desk: &mut Desk| {
    let (mut stream, last) = begun(desk);
    wait_for_flight(desk);
    let address = desk.server.address().unwrap();
    desk.server.ask_to_stop().unwrap();
    // It takes no new connections, and is still there for the old one.
    while TcpStream::connect(address).is_ok() {
        std::thread::yield_now();
    }
    stream.write_all(&[last]).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert_eq!(desk.server.ended().unwrap().code(), Some(0), "{}", desk.server.log());
    // What it said it did, it did.
    desk.server.start().unwrap();
    assert_eq!(desk.admin().items("/support/tickets").len(), 1);
});

#[test]
fn a_stalled_client_does_not_keep_it() {
    let mut desk = Desk::start(Backend::Sqlite).unwrap();
    let (stalled, _) = begun(&desk);
    let idle = TcpStream::connect(desk.server.address().unwrap()).unwrap();
    wait_for_flight(&desk);
    let asked = Instant::now();
    assert_eq!(desk.server.stop().unwrap().code(), Some(0), "{}", desk.server.log());
    // The contract gives it ten seconds; the rest is for a machine that is busy with other tests.
    assert!(asked.elapsed() < Duration::from_secs(20), "{:?}", asked.elapsed());
    drop((stalled, idle));
}

#[test]
fn secrets_are_made_once_and_kept_private() {
    let builder = Server::builder().unset("SUPPORT_JWT_SECRET").unset("SUPPORT_MASTER_KEY");
    let mut server = builder.start().unwrap();
    let token = server.run(&["token", "mint", "--role", "admin"]).unwrap();
    let admin =
        |server: &Server| Person { id: String::new(), http: server.http().unwrap().with_token(token.trim()) };
    admin(&server).get("/support/tickets").is(200);
    let file = |name: &fs::DirEntry| name.file_name().into_string().unwrap();
    let secrets: Vec<_> = fs::read_dir(server.data_directory())
        .unwrap()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().unwrap().is_file() && !file(entry).starts_with("support.db"))
        .collect();
    assert!(!secrets.is_empty());
    for secret in &secrets {
        let mode = secret.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file(secret));
        let content = fs::read_to_string(secret.path()).unwrap();
        assert!(!server.log().contains(content.trim()), "{} was logged", file(secret));
    }
    // Tokens and cursors hold over a restart, for the secrets are the same.
    server.stop().unwrap();
    server.start().unwrap();
    admin(&server).get("/support/tickets").is(200);
    // Another data directory has other secrets.
    let other = Server::builder().unset("SUPPORT_JWT_SECRET").unset("SUPPORT_MASTER_KEY").start().unwrap();
    admin(&other).get("/support/tickets").problem_of(401);
}

for_each_database!(migrating_again_changes_nothing, |desk: &mut Desk| {
    desk.department("Technical Support", 1, &["technical"]);
    desk.open(&desk.customer(1), "technical");
    let everything = desk.everything();
    for _ in 0..2 {
        let ended = run(desk.server.command(&["migrate"]), "");
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }
    assert_eq!(desk.everything(), everything);
});

/// Two nodes on one database, started at the same time.
fn two_servers(database: &Database) -> Vec<Server> {
    std::thread::scope(|scope| {
        let start = || Server::builder().database(database.url()).start().unwrap();
        let starts: Vec<_> = (0..2).map(|_| scope.spawn(start)).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    })
}

#[test]
fn two_servers_start_at_once_on_a_fresh_database() {
    let database = Database::empty(&Cluster::shared().unwrap()).unwrap();
    let servers = two_servers(&database);
    let customer = |server: &Server| Person {
        id: subject(1),
        http: server.http().unwrap().with_token(Token::new(&subject(1), "customer").mint()),
    };
    let made: Vec<Value> = std::thread::scope(|scope| {
        let open = |server| move || customer(server).post("/support/tickets", &request("loan")).is(201);
        let opens: Vec<_> = (0..10).map(|n| scope.spawn(open(&servers[n % 2]))).collect();
        opens.into_iter().map(|open| open.join().unwrap()).collect()
    });
    assert_eq!(each(&made, "ticketNumber").into_iter().collect::<BTreeSet<_>>().len(), 10);
    let lists = servers.iter().map(|server| customer(server).items("/support/tickets")).collect::<Vec<_>>();
    assert_eq!((lists[0].len(), &lists[0]), (10, &lists[1]));
    // A cursor of one is a cursor of the other.
    let page = customer(&servers[0]).get("/support/tickets?limit=4").is(200);
    let rest = format!("/support/tickets?cursor={}", text(&page["nextCursor"]));
    assert_eq!(customer(&servers[1]).items(&rest).len(), 6);
}

#[test]
fn what_one_server_changes_the_other_shows() {
    let database = Database::empty(&Cluster::shared().unwrap()).unwrap();
    let servers = two_servers(&database);
    let admin = |server: &Server| Person {
        id: subject(0),
        http: server.http().unwrap().with_token(Token::new(&subject(0), "admin").mint()),
    };
    let loans = json!({ "name": "Loans", "description": "", "tier": 1 });
    admin(&servers[0]).post("/support/departments", &loans).is(201);
    for (n, server) in servers.iter().enumerate() {
        let before =
            servers.iter().map(|server| admin(server).items("/support/departments")[0]["agentCount"].clone());
        assert_eq!(before.collect::<Vec<_>>(), [n, n]);
        let agent = json!({ "name": "Lou", "email": format!("lou{n}@desk.example"), "department": "Loans" });
        admin(server).post("/support/agents", &agent).is(201);
        let after =
            servers.iter().map(|server| admin(server).items("/support/departments")[0]["agentCount"].clone());
        assert_eq!(after.collect::<Vec<_>>(), [n + 1, n + 1], "agentCount is always the true count");
    }
}

for_each_database!(
    the_demo_desk_can_be_visited,
    |desk: &mut Desk| {
        let log = desk.server.log();
        let password =
            log.lines().find_map(|line| line.rsplit_once("password ")).unwrap().1.trim().to_owned();
        let all = desk.admin().items("/support/departments");
        assert!(all.len() > 1, "{all:?}");
        for role in ["admin", "agent", "customer"] {
            let line =
                log.lines().find(|line| line.trim_start().starts_with(role) && line.contains('@')).unwrap();
            let email = line.split_whitespace().find(|word| word.contains('@')).unwrap();
            let body = json!({ "email": email, "password": password });
            let session = desk.nobody().post("/auth/login", &body).is(200);
            assert_eq!(session["user"]["role"], role);
            let http = desk.http().with_token(text(&session["accessToken"]));
            let somebody = Person { id: text(&session["user"]["id"]), http };
            let list = somebody.get("/support/tickets").is(200);
            assert!(list["total"].as_u64() > Some(0), "the {role} has something to look at");
        }
        // The books of the demo desk are in order.
        let tickets = desk.admin().items("/support/tickets?limit=200");
        for agent in desk.admin().items("/support/agents") {
            let handles = |ticket: &&Value| {
                let handler = ["escalatedTo", "assignedTo"].map(|member| &ticket[member]);
                let is_active = ["in-progress", "escalated"].contains(&text(&ticket["status"]).as_str());
                is_active && handler.into_iter().find(|id| !id.is_null()) == Some(&agent["id"])
            };
            assert_eq!(agent["activeTickets"], tickets.iter().filter(handles).count(), "{agent}");
        }
        // Once more, it is left as it is.
        desk.server.stop().unwrap();
        desk.server.start().unwrap();
        assert_eq!(desk.admin().items("/support/tickets?limit=200"), tickets);
    },
    |builder| builder.argument("--demo")
);
