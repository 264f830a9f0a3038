//! Rooms: coming in and going out, as many as there may be, and who types in them.

use serde_json::{Value, json};
use support_tests::live::{Client, Transport, names};
use support_tests::load::{in_parallel, wait_until};
use support_tests::{Answer, Backend, Desk, Person, each, for_each_database, request, text};

use crate::scene::{ABSENT, Scene, figure, say, sequences};

fn typing(scene: &Scene, person: &Person, name: &str, typing: bool) -> Value {
    json!({ "ticketId": scene.ticket, "userId": person.id, "name": name, "typing": typing })
}

#[test]
fn who_types_is_told_at_both_transports() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let room = json!({ "ticketId": scene.ticket });
    for (here, there) in [(Transport::Plain, Transport::SocketIo), (Transport::SocketIo, Transport::Plain)] {
        let mut lou = here.enter(&desk, &scene.lou);
        let mut others = [
            here.enter(&desk, &scene.ann),
            there.enter(&desk, &scene.ann),
            there.enter(&desk, &desk.admin()),
        ];
        let mut outside = here.enter(&desk, &desk.admin());
        lou.refused("typing_start", &room, 409, "not_in_room");
        others.iter_mut().chain([&mut lou]).for_each(|client| drop(client.join(&scene.ticket)));
        let told = |others: &mut [Client], is_typing| {
            for client in others {
                assert_eq!(client.hears("typing_indicator"), typing(&scene, &scene.lou, "Lou", is_typing));
            }
        };
        // What does not change is not repeated.
        lou.done("typing_stop", &room);
        lou.done("typing_start", &room);
        lou.done("typing_start", &room);
        told(&mut others, true);
        lou.done("typing_stop", &room);
        lou.done("typing_stop", &room);
        told(&mut others, false);
        // Two who type are two.
        lou.tell("typing_start", &room);
        told(&mut others, true);
        others[0].done("typing_start", &room);
        let of_ann = typing(&scene, &scene.ann, "Customer 1", true);
        assert_eq!(lou.hears("typing_indicator"), of_ann);
        assert_eq!(others[2].hears("typing_indicator"), of_ann);
        // Who leaves types no longer.
        others[0].done("leave_ticket_room", &room);
        assert_eq!(lou.hears("typing_indicator"), typing(&scene, &scene.ann, "Customer 1", false));
        lou.done("leave_ticket_room", &room);
        let [_, there, admin] = &mut others;
        let (_, stopped) = there.hear_until(|event| event.data["userId"] == scene.lou.id);
        assert_eq!(stopped.data, typing(&scene, &scene.lou, "Lou", false));
        let heard = scene.heard_in_room(&desk, admin, &scene.ticket);
        assert_eq!(names(&heard), ["typing_indicator", "typing_indicator"], "Ann and Lou stopped: {heard:?}");
        // Who is not in the room hears nothing of it.
        let heard = scene.heard_by_now(&desk, &mut outside);
        assert!(heard.is_empty(), "{heard:?}");
    }
}

/// How somebody goes.
type Way = (&'static str, fn(Client));

#[test]
fn who_is_gone_types_no_longer() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let room = json!({ "ticketId": scene.ticket });
    let mut ann = Transport::Plain.enter(&desk, &scene.ann);
    let mut ada = Transport::Plain.enter(&desk, &desk.admin());
    ann.join(&scene.ticket);
    ada.join(&scene.ticket);
    let of_ada = |is_typing| typing(&scene, &desk.admin(), "Ada Min", is_typing);
    let ways: [Way; 2] = [("cut off", drop), ("closed", |client| drop(client.close()))];
    for transport in Transport::BOTH {
        for (how, go) in ways {
            let mut lou = transport.enter(&desk, &scene.lou);
            lou.join(&scene.ticket);
            ada.done("typing_start", &room);
            assert_eq!(ann.hears("typing_indicator"), of_ada(true));
            lou.done("typing_start", &room);
            assert_eq!(ann.hears("typing_indicator"), typing(&scene, &scene.lou, "Lou", true));
            go(lou);
            // If it had ended by itself, after six seconds, that of Ada would have ended before.
            let stopped = typing(&scene, &scene.lou, "Lou", false);
            assert_eq!(ann.hears("typing_indicator"), stopped, "{transport:?}: who is {how} types no longer");
            ada.done("typing_stop", &room);
            assert_eq!(ann.hears("typing_indicator"), of_ada(false));
        }
    }
    // Who loses the ticket types no longer, either.
    let mut lou = Transport::SocketIo.enter(&desk, &scene.lou);
    lou.join(&scene.ticket);
    lou.done("typing_start", &room);
    assert_eq!(ann.hears("typing_indicator"), typing(&scene, &scene.lou, "Lou", true));
    desk.assign(&scene.ticket, &scene.max);
    let (_, stopped) = ann.hear_until(|event| event.name == "typing_indicator");
    assert_eq!(stopped.data, typing(&scene, &scene.lou, "Lou", false));
}

for_each_database!(a_room_is_joined_again_where_one_left_off, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    let ticket = &scene.ticket;
    let number = text(&desk.ticket(ticket)["ticketNumber"]);
    (0..60).for_each(|message| drop(say(&scene.ann, ticket, &format!("Message {message}"))));
    for transport in Transport::BOTH {
        let mut ann = transport.enter(desk, &scene.ann);
        let all = desk.messages(ticket);
        let last = all.len() as u64;
        assert_eq!(
            ann.join(ticket)["messages"],
            json!(all[all.len() - 50..]),
            "the newest fifty without `after`"
        );
        for (after, key) in [
            (0, ticket),
            (0, &number),
            (17, ticket),
            (last - 1, &number),
            (last, ticket),
            (u64::from(u32::MAX), ticket),
        ] {
            let expected = all.get(usize::try_from(after).unwrap()..).unwrap_or_default();
            assert_eq!(ann.join_after(key, after), expected, "all messages behind {after}");
        }
        // However often it was joined, it is one stay.
        let next = say(&scene.lou, ticket, "Once.");
        assert_eq!(ann.hears("new_message"), next);
        // Without an answer, the messages come as if they were written now.
        ann.tell("join_ticket_room", &json!({ "ticketId": ticket, "after": last - 2 }));
        let (mut heard, end) = ann.hear_until(|event| event.data["sequence"] == last + 1);
        heard.push(end);
        assert_eq!(sequences(&heard), [last - 1, last, last + 1]);
        let another = say(&scene.lou, ticket, "Twice.");
        assert_eq!(ann.hears("new_message"), another);
        // To leave ends it, by whichever key.
        ann.done("leave_ticket_room", &json!({ "ticketId": number }));
        let missed = say(&scene.lou, ticket, "Unheard.");
        assert_eq!(ann.join_after(ticket, last + 2), [missed]);
        let heard = scene.heard_in_room(desk, &mut ann, ticket);
        assert!(heard.is_empty(), "{heard:?}");
    }
});

#[test]
fn a_connection_is_in_five_hundred_rooms_at_most() {
    const MOST: usize = 500;
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let customers: Vec<u16> = (100..=100 + u16::try_from(MOST).unwrap()).collect();
    let tickets = in_parallel(
        &customers,
        || (),
        |(), number| desk.customer(*number).post("/support/tickets", &request("loan")).is(201),
    );
    let tickets = each(&tickets, "id");
    for transport in Transport::BOTH {
        let mut admin = transport.enter(&desk, &desk.admin());
        let room = |number: usize| json!({ "ticketId": tickets[number] });
        let asked: Vec<u64> = (0..MOST).map(|number| admin.send("join_ticket_room", &room(number))).collect();
        for number in asked {
            let answer = admin.answer(number);
            assert!(answer.is_ok(), "five hundred rooms may be joined: {answer:?}");
        }
        assert_eq!(figure(&desk, "support_live_rooms"), 500);
        admin.refused("join_ticket_room", &room(MOST), 409, "too_many_rooms");
        // One of the five hundred may be joined again, one that was left is free, one that is no room takes
        // no place.
        admin.done("join_ticket_room", &room(0));
        admin.done("leave_ticket_room", &room(1));
        admin.refused("join_ticket_room", &json!({ "ticketId": ABSENT[0] }), 404, "not_found");
        admin.done("join_ticket_room", &room(MOST));
        for number in [0, MOST - 1, MOST] {
            let message = say(&desk.admin(), &tickets[number], "Here, too.");
            assert_eq!(admin.hears("new_message"), message);
        }
        say(&desk.admin(), &tickets[1], "This one was left.");
        let heard = scene.heard_by_now(&desk, &mut admin);
        assert!(heard.is_empty(), "{heard:?}");
        admin.close();
        wait_until("nobody is in a room", || figure(&desk, "support_live_rooms") == 0).unwrap();
    }
}
