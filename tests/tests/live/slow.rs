//! Somebody in a busy room who reads nothing: they are closed, and everybody else hears everything.

use serde_json::json;
use support_tests::live::{Client, Transport};
use support_tests::{Backend, Desk};

use crate::figures::assert_log_is_clean;
use crate::memory::{MIB, Memory};
use crate::scene::{Scene, say, sequences, sessions};

/// Far more than a queue of 1 MiB and the buffers of two systems hold.
const MOST: u64 = 600;

/// The longest text, in letters of four bytes.
fn long() -> String {
    "\u{1f980}".repeat(10_000)
}

#[test]
fn who_reads_nothing_is_closed_and_nobody_else_notices() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let ticket = &scene.ticket;
    let mut listeners: Vec<Client> = [&scene.lou, &desk.admin()]
        .into_iter()
        .flat_map(|person| Transport::BOTH.map(|transport| transport.enter(&desk, person)))
        .collect();
    for client in &mut listeners {
        client.join(ticket);
    }
    let message = long();
    let mut last = 1;
    let memory = Memory::of(&desk);
    for transport in Transport::BOTH {
        let mut slow = transport.enter(&desk, &scene.ann);
        slow.join(ticket);
        let held = last;
        let before = sessions(&desk, transport);
        while sessions(&desk, transport) == before {
            assert!(
                last - held < MOST,
                "{transport:?}: who has not read {MOST} long messages should be closed by now"
            );
            last += 1;
            assert_eq!(say(&scene.lou, ticket, &message)["sequence"], last);
            for client in &mut listeners {
                assert_eq!(
                    client.hears("new_message")["sequence"],
                    last,
                    "the others hear everything at once"
                );
            }
        }
        eprintln!("{transport:?}: closed after {} messages of {} bytes", last - held, message.len());
        // What it reads in the end begins where it left off and has no gap; then it is told to come back, or
        // cut off.
        let end = slow.ends();
        let read = sequences(&end.heard);
        let expected: Vec<u64> = (held + 1..).take(read.len()).collect();
        assert_eq!(read, expected, "what was skipped silently would be missed for ever");
        assert!([None, Some(1013)].contains(&end.code), "{transport:?}: {:?}", end.code);
        let reached = held + read.len() as u64;
        assert!(reached < last, "who was closed has not heard everything");
        // It comes back with what it holds.
        let mut back = transport.enter(&desk, &scene.ann);
        let missed: Vec<u64> = back
            .join_after(ticket, reached)
            .iter()
            .filter_map(|message| message["sequence"].as_u64())
            .collect();
        assert_eq!(missed, (reached + 1..=last).collect::<Vec<_>>());
    }
    memory.stays_within(48 * MIB);
    assert_log_is_clean(&desk);
}

#[test]
fn who_asks_for_much_at_once_gets_it_as_it_reads() {
    const ASKED: usize = 12;
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let ticket = &scene.ticket;
    for _ in 0..40 {
        say(&scene.lou, ticket, &long());
    }
    for transport in Transport::BOTH {
        let mut greedy = transport.enter(&desk, &scene.ann);
        let memory = Memory::of(&desk);
        // Each answer has more than a mebibyte, and none of them is taken yet.
        let asked: Vec<u64> = (0..ASKED)
            .map(|_| greedy.send("join_ticket_room", &json!({ "ticketId": ticket, "after": 0 })))
            .collect();
        let mut other = transport.enter(&desk, &scene.ann);
        assert_eq!(other.join_after(ticket, 0).len(), 41, "{transport:?}: somebody else is not in its way");
        for number in asked {
            let answer = greedy.answer(number).unwrap();
            let held = answer["messages"].as_array().unwrap();
            assert_eq!(held.len(), 41, "{transport:?}: nothing should be left out");
        }
        memory.stays_within(48 * MIB);
    }
    assert_log_is_clean(&desk);
}
