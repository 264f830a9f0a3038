//! Floods of events, with the limits on: they are answered with errors, then closed, and nobody else is
//! harmed.

use serde_json::{Value, json};
use support_tests::live::{Answer as Told, Client, Transport};
use support_tests::{Backend, Desk, check_problem};

use crate::figures::assert_log_is_clean;
use crate::memory::{MIB, Memory};
use crate::scene::{Scene, say};

/// Far more than any server takes of somebody who does not pause.
const FLOOD: usize = 5_000;
/// So many at once are always taken.
const BURST: usize = 40;

fn limited() -> Desk {
    Desk::start_with(Backend::Sqlite, |builder| builder.env("SUPPORT_RATE_LIMITS", "on")).unwrap()
}

/// The codes of refusals.
fn code(told: &Told) -> &str {
    told.as_ref().err().and_then(|problem| problem["code"].as_str()).unwrap_or("ok")
}

#[test]
fn forty_events_at_once_are_taken() {
    let desk = limited();
    let scene = Scene::set(&desk);
    for transport in Transport::BOTH {
        let mut ann = transport.enter(&desk, &scene.ann);
        // To see that it is let in, a client says something.
        let room = json!({ "ticketId": scene.ticket });
        let asked: Vec<u64> = (1..BURST).map(|_| ann.send("leave_ticket_room", &room)).collect();
        for number in asked {
            let told = ann.answer(number);
            assert_eq!(code(&told), "ok", "{transport:?}: {told:?}");
        }
    }
}

#[test]
fn a_flood_is_answered_with_errors_and_then_closed() {
    let desk = limited();
    let scene = Scene::set(&desk);
    let ticket = &scene.ticket;
    let mut pair =
        (Transport::Plain.enter(&desk, &scene.bob), Transport::SocketIo.enter(&desk, &desk.admin()));
    pair.0.join(&scene.other);
    pair.1.join(&scene.other);
    let memory = Memory::of(&desk);
    for transport in Transport::BOTH {
        let mut flooding = transport.enter(&desk, &scene.ann);
        let mut witness = transport.enter(&desk, &scene.lou);
        witness.join(ticket);
        let asked: Vec<u64> = (0..FLOOD)
            .map(|number| {
                flooding.send("send_message", &json!({ "ticketId": ticket, "message": format!("{number}") }))
            })
            .collect();
        let (mut taken, mut refused) = (0_usize, 0_usize);
        let end = flooding.ends();
        for number in asked {
            match flooding.answered(number) {
                None => {}
                Some(Ok(_)) => taken += 1,
                Some(Err(problem)) => {
                    check_problem(429, "application/problem+json", &problem);
                    assert_eq!(problem["code"], "rate_limited");
                    refused += 1;
                }
            }
        }
        eprintln!("{transport:?}: {taken} taken, {refused} refused");
        assert_eq!(end.code, Some(1008), "{transport:?}: a flood should be ended: {:?}", end.heard.last());
        assert!(refused > 0, "{transport:?}: before it is ended it is told why");
        assert!(taken < FLOOD / 2, "{transport:?}: {taken} of {FLOOD} are no limit");
        // What was refused was not done, and what was done was heard.
        let written = desk.ticket(ticket)["messageCount"].as_u64().unwrap();
        let (heard, _) = witness.hear_until(|event| event.data["sequence"] == written);
        assert!(heard.len() < FLOOD / 2, "{}", heard.len());
        // The others were not in its way, and have their own measure.
        let said = pair.0.say(&scene.other, "Are you there?");
        assert_eq!(pair.1.hears("new_message"), said);
        let message = say(&scene.ann, ticket, "And over HTTP?");
        assert_eq!(witness.hears("new_message"), message);
        let mut again = transport.enter(&desk, &scene.ann);
        again.join(ticket);
    }
    memory.stays_within(32 * MIB);
    assert_log_is_clean(&desk);
}

#[test]
fn what_is_no_event_counts_as_one() {
    let desk = limited();
    let scene = Scene::set(&desk);
    let frames: [&str; 3] = ["nonsense", r#"{"event":"dance"}"#, r#"{"event":"join_ticket_room","data":{}}"#];
    for frame in frames {
        let mut ann = Transport::Plain.enter(&desk, &scene.ann);
        (0..FLOOD).for_each(|_| ann.write(frame.to_owned()));
        let end = ann.ends();
        assert_eq!(end.code, Some(1008), "{frame}");
        let codes: Vec<&Value> = end.heard.iter().map(|event| &event.data["code"]).collect();
        assert!(codes.contains(&&json!("rate_limited")), "{frame}: {codes:?}");
    }
    let mut ann = Transport::SocketIo.enter(&desk, &scene.ann);
    (0..FLOOD).for_each(|_| ann.tell("dance", &json!({})));
    assert_eq!(ann.ends().code, Some(1008));
}

#[test]
fn without_limits_nobody_is_closed_for_being_fast() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    for transport in Transport::BOTH {
        let mut clients: [Client; 2] =
            [transport.enter(&desk, &scene.ann), transport.enter(&desk, &scene.ann)];
        for client in &mut clients {
            let room = json!({ "ticketId": scene.ticket });
            let asked: Vec<u64> = (0..500).map(|_| client.send("leave_ticket_room", &room)).collect();
            for number in asked {
                assert_eq!(client.answer(number), Ok(json!({})), "{transport:?}");
            }
        }
    }
}
