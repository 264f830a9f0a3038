//! Who hears what, and who may say what: as over HTTP.

use serde_json::{Value, json};
use support_tests::live::{Client, Transport, names};
use support_tests::{Answer, Desk, Person, for_each_database, text};

use crate::scene::{ABSENT, Scene, change, is_status, sequences, without_id};

/// Asks for everything that needs access to a ticket, and answers the problems without their ids.
#[track_caller]
pub(crate) fn turned_away(client: &mut Client, ticket: &str, status: u16, code: &str) -> Vec<Value> {
    [
        ("join_ticket_room", json!({ "ticketId": ticket })),
        ("join_ticket_room", json!({ "ticketId": ticket, "after": 0 })),
        ("send_message", json!({ "ticketId": ticket, "message": "Let me in." })),
        ("mark_read", json!({ "ticketId": ticket, "upTo": 1 })),
    ]
    .map(|(event, data)| without_id(client.refused(event, &data, status, code)))
    .to_vec()
}

for_each_database!(a_customer_hears_of_nobody_elses_ticket, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    let (ticket, own) = (&scene.ticket, &scene.other);
    let mut anns = Transport::BOTH.map(|transport| transport.enter(desk, &scene.ann));
    let mut bobs = Transport::BOTH.map(|transport| transport.enter(desk, &scene.bob));
    for ann in &mut anns {
        ann.join(ticket);
    }
    for bob in &mut bobs {
        bob.join(own);
        let number = text(&desk.ticket(ticket)["ticketNumber"]);
        for key in [ticket, &number] {
            turned_away(bob, key, 404, "not_found");
            bob.refused("typing_start", &json!({ "ticketId": key }), 409, "not_in_room");
            bob.refused("typing_stop", &json!({ "ticketId": key }), 409, "not_in_room");
            bob.done("leave_ticket_room", &json!({ "ticketId": key }));
        }
        bob.refused("subscribe_tickets", &json!({}), 403, "forbidden");
    }
    scene.live_through(desk, ticket, &scene.ann, &scene.lou);
    desk.assign(ticket, &scene.max);
    desk.resolve(&scene.max, ticket);
    change(&scene.ann, ticket, &json!({ "status": "closed" }));
    desk.open(&scene.ann, "technical");
    scene.ring(desk);

    for bob in &mut bobs {
        let heard = scene.heard_in_room(desk, bob, own);
        assert!(heard.is_empty(), "Bob should hear nothing of Ann's ticket, new ones or staff: {heard:?}");
    }
    for ann in &mut anns {
        let (mut heard, last) = ann.hear_until(|event| event.data["ticket"]["status"] == "closed");
        heard.push(last);
        // Whoever would hear too much here would have heard it before this.
        let mut kinds = names(&heard);
        kinds.sort_unstable();
        kinds.dedup();
        let all = [
            "message_read",
            "new_message",
            "ticket_assigned",
            "ticket_escalated",
            "ticket_updated",
            "typing_indicator",
        ];
        assert_eq!(kinds, all, "Ann should hear everything of her ticket, and nothing else: {heard:?}");
        let about = heard.iter().map(|event| match event.name.as_str() {
            "ticket_assigned" | "ticket_escalated" | "ticket_updated" => &event.data["ticket"]["id"],
            _ => &event.data["ticketId"],
        });
        assert!(about.clone().all(|id| id == ticket.as_str()), "{heard:?}");
    }
});

for_each_database!(agents_who_subscribe_hear_only_of_what_they_may_see, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    let ticket = &scene.ticket;
    let mut maxes = Transport::BOTH.map(|transport| transport.enter(desk, &scene.max));
    let mut lou = Transport::Plain.enter(desk, &scene.lou);
    let mut admin = Transport::SocketIo.enter(desk, &desk.admin());
    for client in maxes.iter_mut().chain([&mut lou, &mut admin]) {
        client.done("subscribe_tickets", &json!({}));
    }
    scene.live_through(desk, ticket, &scene.ann, &scene.lou);
    desk.open(&scene.bob, "technical");
    for max in &mut maxes {
        let heard = scene.heard_by_now(desk, max);
        assert!(heard.is_empty(), "the tickets of others are not Max's to see: {heard:?}");
    }
    let heard = scene.heard_by_now(desk, &mut lou);
    let of_lou = ["ticket_updated", "ticket_escalated", "ticket_updated", "ticket_updated", "ticket_updated"];
    assert_eq!(names(&heard), of_lou, "{heard:?}");
    let heard = scene.heard_by_now(desk, &mut admin);
    assert_eq!(names(&heard), [&of_lou[..], &["new_ticket"]].concat(), "{heard:?}");

    // From hand to hand: who has it hears, who had it hears that alone.
    desk.assign(ticket, &scene.max);
    for max in &mut maxes {
        let heard = scene.heard_by_now(desk, max);
        assert_eq!(names(&heard), ["ticket_assigned", "ticket_updated"], "{heard:?}");
    }
    desk.assign(ticket, &scene.lou);
    change(&desk.admin(), ticket, &json!({ "priority": "low" }));
    for max in &mut maxes {
        let heard = scene.heard_by_now(desk, max);
        assert_eq!(names(&heard), ["ticket_access_lost"], "{heard:?}");
        assert_eq!(heard[0].data, json!({ "ticketId": ticket }));
    }
});

for_each_database!(a_foreign_room_looks_like_none, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    let number = text(&desk.ticket(&scene.ticket)["ticketNumber"]);
    for transport in Transport::BOTH {
        for person in [&scene.bob, &scene.max] {
            let mut client = transport.enter(desk, person);
            let [absent, foreign] = [ABSENT, [&scene.ticket, &number]]
                .map(|keys| keys.map(|key| turned_away(&mut client, key, 404, "not_found")));
            assert_eq!(foreign, absent, "a foreign ticket should look like none");
        }
    }
    let before = (desk.messages(&scene.ticket), desk.ticket(&scene.ticket));
    assert_eq!(before.0.len(), 1, "nobody who was turned away should have written: {before:?}");
});

for_each_database!(a_closed_room_may_be_read, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    let ticket = &scene.ticket;
    let mut joined = Transport::SocketIo.enter(desk, &scene.lou);
    joined.join(ticket);
    let sent = json!({ "ticketId": ticket, "message": "Thank you.", "clientMessageId": "a-1" });
    let thanks = Transport::Plain.enter(desk, &scene.ann).done("send_message", &sent);
    desk.resolve(&scene.lou, ticket);
    change(&scene.ann, ticket, &json!({ "status": "closed" }));
    for transport in Transport::BOTH {
        for person in [&scene.ann, &scene.lou, &desk.admin()] {
            let mut client = transport.enter(desk, person);
            let answer = client.join(ticket);
            assert_eq!(answer["ticket"], desk.ticket(ticket));
            assert_eq!(answer["messages"], json!(desk.messages(ticket)));
            let data = json!({ "ticketId": ticket, "message": "One more thing." });
            client.refused("send_message", &data, 409, "ticket_closed");
        }
        let mut ann = transport.enter(desk, &scene.ann);
        assert_eq!(ann.done("send_message", &sent), thanks, "what was sent before is answered as it was");
    }
    let heard = scene.heard_by_now(desk, &mut joined);
    assert_eq!(sequences(&heard), [2, 3, 4], "who was refused is not heard: {heard:?}");
});

for_each_database!(staff_and_nobody_else_hear_who_is_available, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    let staff: [Person; 3] = [desk.admin(), scene.lou.clone(), scene.sonja.clone()];
    let mut listeners: Vec<Client> = staff
        .iter()
        .flat_map(|person| Transport::BOTH.map(|transport| transport.enter(desk, person)))
        .collect();
    let mut anns = Transport::BOTH.map(|transport| transport.enter(desk, &scene.ann));
    for ann in &mut anns {
        ann.join(&scene.ticket);
    }
    let path = format!("/support/agents/{}", scene.max.id);
    desk.admin().patch(&path, &json!({ "status": "away" })).is(200);
    scene.max.patch(&path, &json!({ "status": "available" })).is(200);
    let ticket = desk.open(&scene.bob, "technical");
    desk.assign(&ticket, &scene.max);
    desk.admin().patch(&path, &json!({ "capacity": 1 })).is(200);
    desk.admin().patch(&path, &json!({ "name": "Maximilian" })).is(200);
    desk.resolve(&scene.max, &ticket);
    let bell = scene.ring(desk);
    let status = |status: &str, active: u8| json!({ "agentId": scene.max.id, "status": status, "activeTickets": active });
    let expected = [
        status("away", 0),
        status("available", 0),
        status("available", 1),
        status("busy", 1),
        status("available", 0),
    ];
    for listener in &mut listeners {
        let (heard, _) = listener.hear_until(|event| event.data["agentId"] == bell.as_str());
        let told: Vec<&Value> =
            heard.iter().filter(|event| is_status(event)).map(|event| &event.data).collect();
        assert_eq!(told, expected.iter().collect::<Vec<_>>(), "each change once, and nothing that is none");
    }
    for ann in &mut anns {
        let heard = scene.heard_in_room(desk, ann, &scene.ticket);
        assert!(heard.is_empty(), "who is available is none of a customer's business: {heard:?}");
    }
});
