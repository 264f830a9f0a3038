//! Tickets that change hands: who has lost one hears no more of it, from that very change on.

use std::thread;

use serde_json::json;
use support_tests::live::{Client, Transport, names};
use support_tests::{Desk, for_each_database};

use crate::access::turned_away;
use crate::scene::{Scene, say, sequences};

for_each_database!(a_reassigned_agent_hears_no_more, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    let ticket = &scene.ticket;
    for transport in Transport::BOTH {
        desk.assign(ticket, &scene.lou);
        let mut lou = transport.enter(desk, &scene.lou);
        lou.join(ticket);
        desk.assign(ticket, &scene.max);
        scene.live_through(desk, ticket, &scene.ann, &scene.max);
        let heard = scene.heard_by_now(desk, &mut lou);
        assert_eq!(names(&heard), ["ticket_access_lost"], "the ticket is no longer Lou's: {heard:?}");
        assert_eq!(heard[0].data, json!({ "ticketId": ticket }));
        turned_away(&mut lou, ticket, 404, "not_found");
        lou.refused("typing_start", &json!({ "ticketId": ticket }), 409, "not_in_room");

        // It comes back, and so may Lou; but not by itself.
        desk.assign(ticket, &scene.lou);
        let heard = scene.heard_by_now(desk, &mut lou);
        assert_eq!(names(&heard), ["ticket_assigned"], "whoever was put out has to join again: {heard:?}");
        lou.join(ticket);
        let message = say(&scene.ann, ticket, "You are back.");
        assert_eq!(lou.hears("new_message"), message);
    }
});

for_each_database!(a_reassignment_cuts_a_stream_of_messages, |desk: &mut Desk| {
    const MESSAGES: usize = 30;
    let scene = Scene::set(desk);
    let ticket = &scene.ticket;
    for transport in Transport::BOTH {
        desk.assign(ticket, &scene.lou);
        let mut lou = transport.enter(desk, &scene.lou);
        let last = lou.join(ticket)["ticket"]["messageCount"].as_u64().unwrap();
        let desk = &*desk;
        let (before, system) = thread::scope(|scope| {
            let speakers: Vec<Client> =
                Transport::BOTH.map(|transport| transport.enter(desk, &scene.ann)).into();
            for mut speaker in speakers {
                scope.spawn(move || {
                    for _ in 0..MESSAGES {
                        speaker.say(ticket, "And another thing.");
                    }
                });
            }
            scope.spawn(|| (0..MESSAGES).for_each(|_| drop(say(&scene.ann, ticket, "By HTTP as well."))));
            let mut before = Vec::new();
            while sequences(&before).len() < MESSAGES / 3 {
                before.push(lou.hear());
            }
            let assigned = desk.assign(ticket, &scene.max);
            (before, assigned["messageCount"].as_u64().unwrap())
        });
        let heard = [before, scene.heard_by_now(desk, &mut lou)].concat();
        let lost = heard.iter().position(|event| event.name == "ticket_access_lost");
        assert_eq!(
            lost,
            Some(heard.len() - 1),
            "the last that Lou hears is that the ticket is lost: {heard:?}"
        );
        let sequences = sequences(&heard);
        let expected: Vec<u64> = (last + 1..).take(sequences.len()).collect();
        assert_eq!(sequences, expected, "what Lou hears is in order and without a gap");
        assert!(
            sequences.iter().all(|sequence| *sequence < system),
            "nothing from the change of hands, which is message {system}, should reach Lou: {sequences:?}"
        );
    }
});

for_each_database!(an_escalation_keeps_the_first_agent, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    for transport in Transport::BOTH {
        let ticket = &desk.open(&scene.ann, "technical");
        desk.assign(ticket, &scene.lou);
        let (mut lou, mut sonja) = (transport.enter(desk, &scene.lou), transport.enter(desk, &scene.sonja));
        lou.join(ticket);
        sonja.refused("join_ticket_room", &json!({ "ticketId": ticket }), 404, "not_found");
        desk.escalate(ticket, &scene.sonja);
        sonja.join(ticket);
        let told = lou.say(ticket, "I am still named on it.");
        assert_eq!(told["senderName"], "Lou");
        let heard = scene.heard_by_now(desk, &mut lou);
        let expected = ["new_message", "ticket_escalated", "ticket_updated", "new_message"];
        assert_eq!(names(&heard), expected, "{heard:?}");
        assert_eq!(heard[3].data, told);

        // A new assignment clears the escalation: neither of the two is named any longer.
        desk.assign(ticket, &scene.max);
        say(&scene.ann, ticket, "Who is there now?");
        let heard = scene.heard_by_now(desk, &mut lou);
        assert_eq!(names(&heard), ["ticket_access_lost"], "{heard:?}");
        let heard = scene.heard_by_now(desk, &mut sonja);
        assert_eq!(names(&heard), ["ticket_escalated", "new_message", "ticket_access_lost"], "{heard:?}");
    }
});

for_each_database!(who_joins_while_they_lose_it_hears_no_more, |desk: &mut Desk| {
    const ROUNDS: usize = 20;
    let scene = Scene::set(desk);
    let ticket = &scene.ticket;
    let desk = &*desk;
    let room = json!({ "ticketId": ticket });
    for transport in Transport::BOTH {
        let mut lou = transport.enter(desk, &scene.lou);
        let mut joined = 0;
        for round in 0..ROUNDS {
            desk.assign(ticket, &scene.lou);
            let heard = scene.heard_by_now(desk, &mut lou);
            assert!(
                round == 0 || names(&heard) == ["ticket_assigned"],
                "{transport:?}, round {round}: whoever gets it should be told so: {heard:?}"
            );
            let answer = thread::scope(|scope| {
                let assigning = scope.spawn(|| desk.assign(ticket, &scene.max));
                let answer = lou.ask("join_ticket_room", &room);
                assigning.join().unwrap();
                answer
            });
            let secret = say(&scene.ann, ticket, "This is not for Lou any more.");
            let heard = scene.heard_by_now(desk, &mut lou);
            let told = heard.iter().find(|event| event.data["id"] == secret["id"]);
            assert_eq!(told, None, "{transport:?}, round {round}: after {answer:?} Lou hears {heard:?}");
            assert!(
                names(&heard).contains(&"ticket_access_lost"),
                "{transport:?}, round {round}: whoever had it should be told that it is lost: {heard:?}"
            );
            lou.refused("typing_start", &room, 409, "not_in_room");
            joined += usize::from(answer.is_ok());
        }
        eprintln!("{transport:?}: of {ROUNDS} Lou was let in {joined} times");
    }
});
