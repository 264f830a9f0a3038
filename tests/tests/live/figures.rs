//! What an operator sees of the live desk: who is connected, and a log without faults, people or tokens.

use serde_json::json;
use support_tests::live::{Client, Transport};
use support_tests::load::wait_until;
use support_tests::{Backend, Desk};

use crate::scene::{Scene, figure, say, sessions};

/// Checks that the server's log tells of no fault, and of nobody.
#[track_caller]
pub(crate) fn assert_log_is_clean(desk: &Desk) {
    let log = desk.server.log();
    assert!(!log.contains("panicked"), "nothing should panic:\n{log}");
    let faults: Vec<&str> = log.lines().filter(|line| line.contains("ERROR")).collect();
    assert!(faults.is_empty(), "what clients do is no fault of the server's: {faults:#?}");
    // The names, addresses, words and tokens of the tests.
    for personal in
        ["Customer 1", "customer1@", "Ada Min", "Are you there", "Sonja", "@desk.example", "eyJ", "bearer."]
    {
        let told = log.lines().find(|line| line.contains(personal));
        assert_eq!(told, None, "{personal} should not be in the log");
    }
}

#[test]
fn those_who_are_connected_are_counted() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let is = |transport, count| {
        let awaited = format!("{count} are connected by {transport:?}");
        wait_until(&awaited, || sessions(&desk, transport) == count).unwrap();
    };
    for transport in Transport::BOTH {
        is(transport, 0);
        let mut clients: Vec<Client> = [&scene.ann, &scene.ann, &scene.lou, &desk.admin()]
            .map(|person| transport.enter(&desk, person))
            .into();
        is(transport, 4);
        // Who is not known, or known no longer, does not count.
        let unknown = transport.open(desk.server.address().unwrap(), &[]).unwrap();
        let mut wrong = transport.open(desk.server.address().unwrap(), &[]).unwrap();
        assert!(wrong.authenticate(Some("nonsense")).is_err());
        is(transport, 4);
        clients[0].join(&scene.ticket);
        clients[2].join(&scene.ticket);
        assert_eq!(figure(&desk, "support_live_rooms"), 1);
        let before = figure(&desk, "support_live_events_total");
        say(&scene.ann, &scene.ticket, "Are you there?");
        wait_until("two were told", || figure(&desk, "support_live_events_total") == before + 2).unwrap();
        drop(clients.pop());
        is(transport, 3);
        clients.remove(0).close();
        is(transport, 2);
        drop((clients, unknown, wrong));
        is(transport, 0);
        wait_until("the room is gone", || figure(&desk, "support_live_rooms") == 0).unwrap();
    }
    assert_log_is_clean(&desk);
}

#[test]
fn the_log_tells_of_nobody() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let address = desk.server.address().unwrap();
    let token = scene.ann.http.token().unwrap();
    let header = format!("Bearer {token}");
    let protocols = format!("support.v1, bearer.{token}");
    for headers in [[("Authorization", header.as_str())], [("Sec-WebSocket-Protocol", protocols.as_str())]] {
        let mut client = Transport::Plain.open(address, &headers).unwrap();
        client.join(&scene.ticket);
        client.close();
    }
    for transport in Transport::BOTH {
        let mut ann = transport.enter(&desk, &scene.ann);
        ann.join(&scene.ticket);
        ann.say(&scene.ticket, "Are you there?");
        ann.done("typing_start", &json!({ "ticketId": scene.ticket }));
        ann.refused("join_ticket_room", &json!({ "ticketId": "Customer 1" }), 422, "validation_failed");
        ann.refused("customer1@example.com", &json!({}), 400, "unknown_event");
        let mut wrong = transport.open(address, &[]).unwrap();
        assert!(wrong.authenticate(Some("eyJhbGciOiJub25lIn0.e30.")).is_err());
    }
    // A token in the address is not asked for, but somebody will put it there.
    let answer = desk.nobody().get(&format!("/socket.io/?EIO=4&transport=polling&token={token}"));
    assert_eq!(answer.status, 200, "{answer:?}");
    scene.live_through(&desk, &scene.ticket, &scene.ann, &scene.lou);
    assert_log_is_clean(&desk);
}
