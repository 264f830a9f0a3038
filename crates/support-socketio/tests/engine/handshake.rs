use std::collections::BTreeMap;

use serde_json::Value;

use crate::common::{Answer, Raw, answer, get, request, send};
use crate::echo::{PATH, Stage, quiet};

fn refusal(answer: &Answer) -> (u16, &str) {
    assert_eq!(answer.header("content-type"), Some("application/json"), "{answer:?}");
    (answer.status, &answer.body)
}

#[test]
fn it_says_exactly_what_a_client_must_know() {
    let stage = Stage::set(quiet());
    let by_polling = get(stage.server.address, "/engine.io/?EIO=4&transport=polling");
    assert_eq!(by_polling.status, 200);
    assert_eq!(by_polling.header("content-type"), Some("text/plain; charset=UTF-8"));
    assert_eq!(by_polling.header("cache-control"), Some("no-store"));
    let mut raw = Raw::open(stage.server.address, "/engine.io/?EIO=4&transport=websocket");
    for (packet, upgrades) in [(by_polling.body, r#"["websocket"]"#), (raw.next_text(), "[]")] {
        let mut open: BTreeMap<String, Value> =
            serde_json::from_str(packet.strip_prefix('0').unwrap()).unwrap();
        let sid = open.remove("sid").unwrap();
        // 128 random bits in base64url are 22 characters.
        assert!(sid.as_str().unwrap().len() >= 22, "{sid}");
        let rest: Vec<String> = open.iter().map(|(key, value)| format!("{key} {value}")).collect();
        let expected =
            ["maxPayload 1000", "pingInterval 600000", "pingTimeout 600000", &format!("upgrades {upgrades}")];
        assert_eq!(rest, expected);
    }
}

#[test]
fn sessions_have_ids_of_their_own() {
    let stage = Stage::set(quiet());
    assert_ne!(stage.poller().sid, stage.poller().sid);
    assert_eq!(stage.admission.connections(), 2);
}

#[test]
fn the_slash_at_the_end_of_the_path_may_be_missing() {
    let stage = Stage::set(quiet());
    assert_eq!(get(stage.server.address, "/engine.io?EIO=4&transport=polling").status, 200);
    assert_eq!(get(stage.server.address, "/engine.io/more?EIO=4&transport=polling").status, 404);
}

#[test]
fn checks_come_in_their_order() {
    let stage = Stage::set(quiet());
    let sid = stage.poller().sid;
    let refused = |method: &str, query: &str, headers: &[&str]| {
        let query = query.replace("SID", &sid);
        let answer = answer(send(stage.server.address, method, &format!("{PATH}?{query}"), headers, b""));
        let (status, body) = refusal(&answer);
        (status, body.to_owned())
    };
    let foreign = "Origin: https://evil.example";
    let illegal = "Origin: https://\u{fc}.example";
    let code = |status: u16, code: u8, message: &str| {
        (status, format!(r#"{{"code":{code},"message":"{message}"}}"#))
    };
    // Each one would also fail the checks after it.
    let transport = code(400, 0, "Transport unknown");
    for query in ["", "transport=", "transport=webtransport&sid=x", "transport=polling&transport=polling"] {
        assert_eq!(refused("POST", query, &[illegal]), transport, "{query}");
    }
    assert_eq!(refused("POST", "transport=polling&sid=x", &[illegal]), code(400, 3, "Bad request"));
    assert_eq!(refused("POST", "transport=websocket&sid=x", &[foreign]), code(400, 1, "Session ID unknown"));
    assert_eq!(refused("POST", "transport=websocket&sid=SID", &[foreign]), code(400, 3, "Bad request"));
    assert_eq!(refused("GET", "transport=polling&sid=SID", &[foreign]), code(403, 4, "Forbidden"));
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        assert_eq!(refused(method, "transport=websocket", &[foreign]), code(400, 2, "Bad handshake method"));
    }
    assert_eq!(refused("GET", "transport=websocket", &[foreign]), code(400, 3, "Bad request"));
    assert_eq!(refused("GET", "transport=polling", &[foreign]), code(403, 4, "Forbidden"));
    let version = code(400, 5, "Unsupported protocol version");
    for query in ["transport=polling", "transport=polling&EIO=3", "transport=polling&EIO=4&EIO=4"] {
        assert_eq!(refused("GET", query, &[]), version, "{query}");
    }
    let websocket = |query: &str, headers: &[&str]| {
        let answer = Raw::try_open(stage.server.address, &format!("{PATH}?{query}"), headers).err().unwrap();
        let (status, body) = refusal(&answer);
        (status, body.to_owned())
    };
    assert_eq!(websocket("EIO=4&transport=websocket", &[foreign]), code(403, 4, "Forbidden"));
    assert_eq!(websocket("EIO=3&transport=websocket", &[]), version);
    assert_eq!(websocket("EIO=4&transport=websocket&sid=x", &[]), code(400, 1, "Session ID unknown"));
    assert_eq!(stage.admission.connections(), 1, "a refusal opened something");
}

#[test]
fn other_methods_open_nothing_and_end_nothing() {
    let stage = Stage::set(quiet());
    let poller = stage.poller();
    for method in ["OPTIONS", "PUT", "HEAD", "DELETE"] {
        let status = request(stage.server.address, method, "/engine.io/?EIO=4&transport=polling", b"").status;
        assert_eq!(status, 400, "{method}");
        assert_eq!(poller.with_headers(method, &[], b"").status, 400, "{method}");
    }
    assert_eq!(stage.admission.connections(), 1);
    poller.is_alive();
}

#[test]
fn pages_that_may_connect_do() {
    let stage = Stage::set(quiet());
    let path = "/engine.io/?EIO=4&transport=polling";
    for origin in ["https://friend.example".to_owned(), format!("http://{}", stage.server.address)] {
        let headers = [format!("Origin: {origin}")];
        let answer = answer(send(stage.server.address, "GET", path, &[&headers[0]], b""));
        assert_eq!(answer.status, 200);
        // Who may read the answer is told by the application around it.
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
}
