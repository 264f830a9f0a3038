//! The service against its own OpenAPI document: schemathesis makes requests that the document allows and
//! requests that it does not, and checks what comes back. How it goes about it is in `tests/schemathesis`.
#![cfg(test)]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;
use support_tests::{Answer, Backend, Desk, Person, Token, each, workspace};

#[test]
fn the_service_does_what_its_openapi_document_says() {
    let schemathesis = workspace().join(".tools/venv/bin/schemathesis");
    assert!(
        schemathesis.is_file(),
        "schemathesis is not installed: `make test` does it, and `make tools` alone"
    );
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let (tickets, agents) = open_for_business(&desk);
    // An administrator with the id of an agent, and so with notifications of their own.
    let token = Token::new(&agents[0].id, "admin").claim("name", "Ann Agent");
    let notifications = desk.person(&agents[0].id, &token).items("/support/notifications");

    let directory = desk.server.data_directory().join("schemathesis");
    copy(&workspace().join("tests/schemathesis"), &directory);
    list(&directory.join("tickets.txt"), &tickets);
    list(&directory.join("agents.txt"), &agents.iter().map(|agent| agent.id.clone()).collect::<Vec<_>>());
    list(&directory.join("notifications.txt"), &each(&notifications, "id"));
    let document = format!("http://{}/openapi.json", desk.server.address().unwrap());
    let output = Command::new(schemathesis)
        .args(["--no-color", "run", &document])
        .current_dir(&directory)
        .env("SUPPORT_TOKEN", token.mint())
        .output()
        .unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "schemathesis ended with {}:\n{stdout}{stderr}", output.status);
}

/// Departments, agents and tickets in every status, so that there is something to find and to work on.
fn open_for_business(desk: &Desk) -> (Vec<String>, Vec<Person>) {
    desk.department("Technical", 1, &["technical", "general"]);
    desk.department("Billing", 2, &["billing", "transaction"]);
    let agents = vec![
        desk.hire("Ann Agent", "Technical", 1),
        desk.hire("Bob Agent", "Technical", 2),
        desk.hire("Cem Agent", "Billing", 3),
    ];
    let customer = desk.customer(1);
    let tickets: Vec<String> = (0..6).map(|_| desk.open(&customer, "technical")).collect();
    for ticket in &tickets[1..] {
        desk.assign(ticket, &agents[0]);
        customer
            .post(&format!("/support/tickets/{ticket}/messages"), &json!({ "message": "Hello?" }))
            .is(201);
    }
    desk.escalate(&tickets[2], &agents[1]);
    for ticket in &tickets[3..5] {
        desk.resolve(&agents[0], ticket);
    }
    desk.admin().patch(&format!("/support/tickets/{}", tickets[4]), &json!({ "status": "closed" })).is(200);
    (tickets, agents)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let file = entry.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// Writes a dictionary, in the form of libFuzzer's: a string in quotes a line.
fn list(path: &Path, values: &[String]) {
    let lines: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
    fs::write(path, lines.join("\n")).unwrap();
}
