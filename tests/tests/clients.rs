//! The desk as clients of other makers find it: socket.io-client of several versions, python-socketio, and ws
//! at the plain transport. What each of them does is in `tests/clients`.
#![cfg(test)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use support_tests::script::{node, python, succeeds};
use support_tests::testkit::JWT_SECRET;
use support_tests::{Backend, Desk, Token, subject, workspace};

const DEPARTMENT: &str = "Technical Support";

/// Whom and what a script finds: one ticket in progress, whose first message is the desk's, and somebody
/// else's ticket.
fn scene(desk: &Desk) -> Value {
    desk.department(DEPARTMENT, 1, &["technical"]);
    let hire = |name, tier| desk.hire(name, DEPARTMENT, tier);
    let (lou, sonja, kim) = (hire("Lou", 1), hire("Sonja", 2), hire("Kim", 1));
    let ticket = desk.open(&desk.customer(1), "technical");
    let foreign = desk.open(&desk.customer(2), "technical");
    let ticket = desk.assign(&ticket, &lou);
    let person = |id: &str, role: &str, name: &str| {
        let token = Token::new(id, role).claim("name", name).mint();
        json!({ "id": id, "name": name, "token": token })
    };
    json!({
        "url": format!("http://{}", desk.server.address().unwrap()),
        "secret": JWT_SECRET,
        "expired": Token::new(&subject(1), "customer").expired_for(Duration::from_mins(5)).mint(),
        "department": DEPARTMENT,
        "people": {
            "customer": person(&subject(1), "customer", "Customer 1"),
            "stranger": person(&subject(2), "customer", "Customer 2"),
            "agent": person(&lou.id, "agent", "Lou"),
            "second": person(&sonja.id, "agent", "Sonja"),
            "third": person(&kim.id, "agent", "Kim"),
            "admin": person(&subject(0), "admin", "Ada Min"),
        },
        "ticket": { "id": ticket["id"], "number": ticket["ticketNumber"] },
        "foreign": foreign,
    })
}

/// Lets a script of Node.js chat; `with` goes into its argument beside the scene.
#[track_caller]
fn chat(backend: Backend, script: &str, with: Value) {
    let desk = Desk::start(backend).unwrap();
    let mut argument = with;
    argument["scene"] = scene(&desk);
    succeeds(node(script, [argument.to_string()]));
}

#[test]
fn the_newest_socketio_client_chats_by_its_defaults() {
    chat(Backend::Sqlite, "chat-socketio.mjs", json!({ "version": "4.8" }));
}

#[test]
fn the_newest_socketio_client_chats_by_its_defaults_on_postgres() {
    chat(Backend::Postgres, "chat-socketio.mjs", json!({ "version": "4.8" }));
}

#[test]
fn the_newest_socketio_client_chats_by_websocket_alone() {
    chat(Backend::Sqlite, "chat-socketio.mjs", json!({ "version": "4.8", "transports": ["websocket"] }));
}

#[test]
fn the_newest_socketio_client_chats_by_polling_alone() {
    chat(Backend::Sqlite, "chat-socketio.mjs", json!({ "version": "4.8", "transports": ["polling"] }));
}

#[test]
fn an_older_socketio_client_chats() {
    chat(Backend::Sqlite, "chat-socketio.mjs", json!({ "version": "4.6" }));
}

#[test]
fn the_oldest_socketio_client_chats() {
    chat(Backend::Sqlite, "chat-socketio.mjs", json!({ "version": "4.0.0" }));
}

#[test]
fn a_plain_client_chats_with_its_token_in_the_header() {
    chat(Backend::Sqlite, "chat-plain.mjs", json!({ "way": "header" }));
}

#[test]
fn a_plain_client_chats_with_its_token_in_a_subprotocol() {
    chat(Backend::Sqlite, "chat-plain.mjs", json!({ "way": "subprotocol" }));
}

#[test]
fn a_plain_client_chats_with_its_token_in_the_first_frame() {
    chat(Backend::Sqlite, "chat-plain.mjs", json!({ "way": "frame" }));
}

#[test]
fn a_python_client_chats() {
    for transports in [Value::Null, json!(["websocket"])] {
        let desk = Desk::start(Backend::Sqlite).unwrap();
        let argument = json!({ "transports": transports, "scene": scene(&desk) });
        succeeds(python("chat_socketio.py", &argument));
    }
}

#[test]
fn the_protocols_are_spoken_as_they_are_written_down() {
    let example = Example::start();
    succeeds(node("conformance.mjs", [&example.address]));
}

#[test]
fn the_asyncapi_document_is_one() {
    succeeds(node("asyncapi.mjs", [workspace().join("docs/asyncapi.json")]));
}

/// The example of `support-socketio` as a process of its own, which does not outlive this value.
struct Example {
    process: Child,
    address: String,
}

impl Example {
    fn start() -> Self {
        // `<target>/<profile>/deps/<test>`
        let test = std::env::current_exe().unwrap();
        let example = test.parent().unwrap().with_file_name("examples").join("conformance");
        assert!(
            example.is_file(),
            "`cargo build -p support-socketio --example conformance` builds {example:?}"
        );
        // Heartbeats that come often, and time enough for a machine that is busy.
        let mut command = Command::new(example);
        command.args([
            "--ping-interval-ms",
            "500",
            "--ping-timeout-ms",
            "8000",
            "--connect-timeout-ms",
            "8000",
        ]);
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap_or_default().to_owned();
        Self { process, address }
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}
