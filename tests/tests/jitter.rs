//! The jitter run: clients in many rooms, half of them by each transport, whose connections are cut again and
//! again, while the server is killed and started anew. Every client ends with every message of its rooms,
//! once and in order. One more client hardly reads: it is ended, and nobody else is disturbed.
//!
//! The clients are in `tests/clients/jitter.mjs`. `make jitter` runs it at full scale.
#![cfg(test)]

use std::env;

use serde_json::{Value, json};
use support_tests::script::{Dialogue, node};
use support_tests::{Backend, Desk, Token, subject};

const RESTARTS: u64 = 2;
/// As many tickets as an agent may handle, unless told otherwise.
const CAPACITY: usize = 10;

/// A number that the environment may set.
fn setting(name: &str, default: usize) -> usize {
    match env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} is a number, not {text}")),
        Err(_) => default,
    }
}

#[test]
fn every_client_ends_with_every_message_once_and_in_order() {
    let messages = setting("JITTER_MESSAGES", 600);
    let mut desk = Desk::start(Backend::Sqlite).unwrap();
    let argument = json!({
        "url": format!("http://{}", desk.server.address().unwrap()),
        "rooms": rooms(&desk, setting("JITTER_ROOMS", 6)),
        "admin": Token::new(&subject(0), "admin").claim("name", "Ada Min").mint(),
        "clients": setting("JITTER_CLIENTS", 60),
        "messages": messages,
        "seconds": setting("JITTER_SECONDS", 20),
        "restarts": RESTARTS,
        "seed": setting("JITTER_SEED", usize::try_from(rand::random::<u32>()).unwrap()),
    });
    let mut script = Dialogue::start(node("jitter.mjs", [argument.to_string()]));
    let mut report = Value::Null;
    let mut restarts = 0;
    while let Some((word, value)) = script.hear() {
        if word == "report" {
            report = value;
        } else if value.as_u64().unwrap() * (RESTARTS + 1) >= (restarts + 1) * messages as u64
            && restarts < RESTARTS
        {
            restarts += 1;
            desk.server.kill().unwrap();
            desk.server.start().unwrap();
            script.tell(&format!("port {}", desk.server.address().unwrap().port()));
        }
    }
    eprintln!("{} of {} messages delivered: {report:#}", report["delivered"], report["expected"]);
    assert!(script.has_succeeded(), "not every client has every message");
    assert_eq!(report["delivered"], report["expected"]);
    assert!(report["expected"].as_u64() > Some(0));
    assert_eq!(restarts, RESTARTS);
}

/// Tickets in progress, each with its customer and its agent.
fn rooms(desk: &Desk, count: usize) -> Vec<Value> {
    desk.department("Technical Support", 1, &["technical"]);
    let agents: Vec<_> = (0..count.div_ceil(CAPACITY))
        .map(|number| desk.hire(&format!("Agent {number}"), "Technical Support", 1))
        .collect();
    let room = |number: usize| {
        let person = u16::try_from(number + 1).unwrap();
        let (customer, agent) = (desk.customer(person), &agents[number / CAPACITY]);
        let ticket = desk.open(&customer, "technical");
        desk.assign(&ticket, agent);
        json!({
            "id": ticket,
            "customer": Token::new(&subject(person), "customer").claim("name", format!("Customer {person}")).mint(),
            "agent": Token::new(&agent.id, "agent").mint(),
        })
    };
    (0..count).map(room).collect()
}
