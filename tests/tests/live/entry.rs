//! How a connection begins and how long it holds: tokens, and the pages that may connect.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use support_tests::live::{Client, Transport};
use support_tests::testkit::Signature;
use support_tests::{Answer, Backend, Desk, Token, check_problem, subject};

use crate::scene::{Scene, say};

/// The ways to say who one is.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Way {
    Header,
    Subprotocol,
    FirstFrame,
    AuthPayload,
}

const WAYS: [(Transport, Way); 5] = [
    (Transport::Plain, Way::Header),
    (Transport::Plain, Way::Subprotocol),
    (Transport::Plain, Way::FirstFrame),
    (Transport::SocketIo, Way::Header),
    (Transport::SocketIo, Way::AuthPayload),
];

/// Opens a connection with a token, and answers what the server says to it, if it says something.
fn enter(address: SocketAddr, transport: Transport, way: Way, token: &str) -> (Client, Result<Value, Value>) {
    let headers = match way {
        Way::Header => vec![("Authorization", format!("bearer {token}"))],
        Way::Subprotocol => vec![("Sec-WebSocket-Protocol", format!("support.v1, bearer.{token}"))],
        Way::FirstFrame | Way::AuthPayload => vec![],
    };
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut client =
        transport.open(address, &headers).unwrap_or_else(|refusal| panic!("{way:?}: {refusal:?}"));
    let entered = match way {
        Way::FirstFrame | Way::AuthPayload => client.authenticate(Some(token)),
        Way::Header if transport == Transport::SocketIo => client.authenticate(None),
        // Nothing is said to a token that holds.
        Way::Header | Way::Subprotocol => Ok(json!({})),
    };
    (client, entered)
}

#[test]
fn a_token_is_taken_in_every_way() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let address = desk.server.address().unwrap();
    for (transport, way) in WAYS {
        let (mut client, entered) = enter(address, transport, way, scene.ann.http.token().unwrap());
        assert_eq!(entered, Ok(json!({})), "{transport:?} {way:?}");
        let chosen = (way == Way::Subprotocol).then_some("support.v1");
        assert_eq!(client.protocol(), chosen, "{way:?}: the subprotocol that was offered, and no token");
        let joined = client.join(&scene.ticket);
        assert_eq!(joined["ticket"]["customerId"], scene.ann.id, "{transport:?} {way:?}");
    }
}

#[test]
fn a_token_that_does_not_hold_is_refused_in_every_way() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let address = desk.server.address().unwrap();
    let whole = || Token::new(&subject(1), "customer");
    let wrong = [
        ("expired", whole().expired_for(Duration::from_mins(5)).mint(), "expired_token"),
        ("forged", whole().secret("another secret of thirty-two bytes or more").mint(), "invalid_token"),
        (
            "unsigned",
            whole().header("alg", "none").signature(Signature::Bytes(vec![])).mint(),
            "invalid_token",
        ),
        ("of no role", whole().without("role").mint(), "invalid_token"),
        ("nonsense", "nonsense".to_owned(), "invalid_token"),
    ];
    for (transport, way) in WAYS {
        for (why, token, code) in &wrong {
            let (mut client, entered) = enter(address, transport, way, token);
            let problem = match entered {
                Err(problem) => problem,
                Ok(_) => client.hears("error"),
            };
            check_problem(401, "application/problem+json", &problem);
            assert_eq!(problem["code"], *code, "{transport:?} {way:?} {why}: {problem}");
            assert!(
                !problem.to_string().contains(token.as_str()),
                "a token should not be repeated: {problem}"
            );
            if transport == Transport::Plain {
                let end = client.ends();
                assert_eq!(end.code, Some(4401), "{way:?} {why}: {end:?}");
            }
        }
    }
}

#[test]
fn who_does_not_say_who_they_are_is_ended() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let address = desk.server.address().unwrap();
    let mut silent = Transport::BOTH.map(|transport| transport.open(address, &[]).unwrap());
    // Who says something else first is not waited for.
    let mut hasty = Transport::Plain.open(address, &[]).unwrap();
    let problem = hasty.ask("join_ticket_room", &json!({ "ticketId": "TKT-2026-001" })).unwrap_err();
    check_problem(401, "application/problem+json", &problem);
    assert_eq!(hasty.ends().code, Some(4401), "nothing is done before somebody says who they are");
    let problem = Transport::SocketIo.open(address, &[]).unwrap().authenticate(None).unwrap_err();
    check_problem(401, "application/problem+json", &problem);
    for client in &mut silent {
        let end = client.ends();
        if client.transport() == Transport::Plain {
            assert_eq!(end.code, Some(4401), "{end:?}");
        }
    }
}

#[test]
fn an_expired_token_ends_the_session() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let address = desk.server.address().unwrap();
    let token = |life| Token::new(&scene.ann.id, "customer").expires_in(Duration::from_secs(life)).mint();
    let mut witness = Transport::Plain.enter(&desk, &scene.ann);
    witness.join(&scene.ticket);
    let mut brief: Vec<Client> = Vec::new();
    for (transport, way) in WAYS {
        // On a machine that is very busy a short life may be over before it has begun.
        let lives = [2, 4, 8, 16, 32].into_iter();
        let client = lives.map(|life| enter(address, transport, way, &token(life))).find_map(
            |(mut client, entered)| {
                let joined = entered
                    .and_then(|_| client.ask("join_ticket_room", &json!({ "ticketId": scene.ticket })));
                joined.is_ok().then_some(client)
            },
        );
        brief.push(
            client.unwrap_or_else(|| panic!("{transport:?} {way:?}: a token should hold for half a minute")),
        );
    }
    let last = say(&scene.lou, &scene.ticket, "While it holds.");
    for client in &mut brief {
        let end = client.ends();
        assert_eq!(end.code, Some(4401), "an expired token should end {:?}: {end:?}", client.transport());
        assert_eq!(end.heard[0].data, last, "and not before it has expired");
    }
    // One whose token still holds is not concerned.
    assert_eq!(witness.hears("new_message"), last);
    let next = say(&scene.lou, &scene.ticket, "And afterwards.");
    assert_eq!(witness.hears("new_message"), next);
}

/// The status by which a page of an origin is answered at each way in.
fn statuses(desk: &Desk, origin: &str) -> [u16; 3] {
    let address = desk.server.address().unwrap();
    let [plain, socketio] =
        Transport::BOTH.map(|transport| match transport.open(address, &[("Origin", origin)]) {
            Ok(_) => 101,
            Err(refusal) => refusal.status,
        });
    let polling = "/socket.io/?EIO=4&transport=polling";
    let answer = desk.nobody().send("GET", polling, |request| request.header("Origin", origin));
    if answer.status == 200 {
        let readable = answer.header("access-control-allow-origin");
        let is_own = origin == format!("http://{address}");
        assert!(
            is_own || readable == Some(origin) || readable == Some("*"),
            "a page that may connect should be able to read the answer: {answer:?}"
        );
    }
    [plain, socketio, answer.status]
}

const ALLOWED: [u16; 3] = [101, 101, 200];
const REFUSED: [u16; 3] = [403, 403, 403];

#[test]
fn pages_of_foreign_origins_are_refused() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let address = desk.server.address().unwrap();
    let [own, other_port] =
        [address.port(), address.port() ^ 1].map(|port| format!("http://127.0.0.1:{port}"));
    let foreign =
        ["https://elsewhere.example", "null", &other_port, "http://127.0.0.1.elsewhere.example", "nonsense"];
    for origin in foreign {
        assert_eq!(statuses(&desk, origin), REFUSED, "{origin}");
    }
    assert_eq!(statuses(&desk, &own), ALLOWED, "the server's own pages may");
    // A good token makes no page a friend.
    let token = format!("Bearer {}", desk.admin().http.token().unwrap());
    for transport in Transport::BOTH {
        let headers = [("Origin", "https://elsewhere.example"), ("Authorization", token.as_str())];
        assert_eq!(transport.open(address, &headers).unwrap_err().status, 403, "{transport:?}");
    }
}

#[test]
fn pages_of_origins_that_are_listed_may_connect() {
    let listed = "https://help.example,http://localhost:5173";
    let desk =
        Desk::start_with(Backend::Sqlite, |builder| builder.env("SUPPORT_CORS_ORIGINS", listed)).unwrap();
    for origin in listed.split(',') {
        assert_eq!(statuses(&desk, origin), ALLOWED, "{origin}");
    }
    for origin in
        ["http://help.example", "https://help.example:8443", "https://sub.help.example", "http://localhost"]
    {
        assert_eq!(statuses(&desk, origin), REFUSED, "{origin}");
    }
    let desk = Desk::start_with(Backend::Sqlite, |builder| builder.env("SUPPORT_CORS_ORIGINS", "*")).unwrap();
    for origin in ["https://elsewhere.example", "null"] {
        assert_eq!(statuses(&desk, origin), ALLOWED, "{origin}");
    }
    desk.nobody().get("/healthz").is(200);
}
