//! Many who write at once, by every way there is: each message once, and in the order of its sequence.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::{Value, json};
use support_tests::live::{Client, Event, Transport};
use support_tests::{Desk, Person, for_each_database};

use crate::scene::{Scene, say, sequences};

/// Those who write, two by each transport and the others over HTTP.
const WRITERS: usize = 8;
const MESSAGES: usize = 20;
const READERS: usize = 6;
/// How often those who come together do so.
const ROUNDS: usize = 25;
/// The first message is the system's.
const TOTAL: u64 = 1 + (WRITERS * MESSAGES) as u64;

/// Writes by one of the ways.
fn write(desk: &Desk, person: &Person, ticket: &str, number: usize) {
    let text = |message: usize| format!("{number}: {message}");
    match number % 4 {
        0 => {
            let mut client = Transport::Plain.enter(desk, person);
            (0..MESSAGES).for_each(|message| drop(client.say(ticket, &text(message))));
        }
        1 => {
            // All at once, and the answers afterwards.
            let mut client = Transport::SocketIo.enter(desk, person);
            let data = |message| json!({ "ticketId": ticket, "message": text(message) });
            let asked: Vec<u64> =
                (0..MESSAGES).map(|message| client.send("send_message", &data(message))).collect();
            for number in asked {
                assert!(client.answer(number).is_ok(), "whatever is sent at once should be taken");
            }
        }
        _ => (0..MESSAGES).for_each(|message| drop(say(person, ticket, &text(message)))),
    }
}

/// What one reader holds, and how it checks what comes.
struct Holdings<'a> {
    ticket: &'a str,
    last: u64,
}

impl Holdings<'_> {
    fn join(&mut self, client: &mut Client) {
        for message in client.join_after(self.ticket, self.last) {
            self.add(&message);
        }
    }

    fn add(&mut self, message: &Value) {
        let sequence = message["sequence"].as_u64();
        assert_eq!(sequence, Some(self.last + 1), "the next message should come, once: {message}");
        self.last += 1;
    }

    /// Hears this many messages, which must come.
    fn hear(&mut self, client: &mut Client, count: u64) {
        for _ in 0..count {
            let (_, event) = client.hear_until(|event| event.name == "new_message");
            self.add(&event.data);
        }
    }

    /// Joins, hears what comes next, and leaves.
    fn come_and_go(&mut self, client: &mut Client) {
        self.join(client);
        self.hear(client, 2);
        client.done("leave_ticket_room", &json!({ "ticketId": self.ticket }));
        for event in client.heard_so_far().iter().filter(|event| event.name == "new_message") {
            self.add(&event.data);
        }
    }

    /// Hears some messages, as long as any are to come.
    fn hear_some(&mut self, client: &mut Client) {
        self.hear(client, rand::random_range(0..30).min(TOTAL - self.last));
    }
}

/// Comes and goes at random moments until it holds everything.
fn read(desk: &Desk, person: &Person, ticket: &str) {
    let mut held = Holdings { ticket, last: 0 };
    while held.last < TOTAL {
        let transport = Transport::BOTH[usize::from(rand::random::<bool>())];
        let mut client = transport.enter(desk, person);
        held.join(&mut client);
        held.hear_some(&mut client);
        match rand::random_range(0..3) {
            // Joins again where it is; what is told of the old stay came before the answer.
            0 => {
                let number =
                    client.send("join_ticket_room", &json!({ "ticketId": ticket, "after": held.last }));
                rejoin(&mut held, &mut client, number);
                held.hear_some(&mut client);
            }
            1 => drop(client.close()),
            _ => drop(client),
        }
    }
}

/// Takes the answer to a repeated join. What was told on the way to it is in it, too.
fn rejoin(held: &mut Holdings<'_>, client: &mut Client, number: u64) {
    let after = held.last;
    let answer =
        client.answer(number).unwrap_or_else(|problem| panic!("a room may be joined again: {problem}"));
    let told: Vec<Event> = client.heard_so_far();
    let expected: Vec<u64> = (after + 1..).take(sequences(&told).len()).collect();
    assert_eq!(sequences(&told), expected, "the stream goes on until it begins anew");
    for message in answer["messages"].as_array().unwrap() {
        held.add(message);
    }
    assert!(held.last >= after + expected.len() as u64, "the answer should hold all that was told before it");
}

for_each_database!(everybody_reads_the_same_in_the_same_order, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    let (desk, ticket) = (&*desk, scene.ticket.as_str());
    let writers = [&scene.ann, &scene.lou];
    let readers = [scene.ann.clone(), scene.lou.clone(), desk.admin()];
    thread::scope(|scope| {
        for number in 0..READERS {
            let reader = &readers[number % readers.len()];
            scope.spawn(move || read(desk, reader, ticket));
        }
        for number in 0..WRITERS {
            let writer = writers[number % writers.len()];
            scope.spawn(move || write(desk, writer, ticket, number));
        }
    });
    let all = desk.messages(ticket);
    assert_eq!(all.len() as u64, TOTAL);
    // What one client sends is kept in that order, whether it waited for answers or not.
    for number in 0..WRITERS {
        let own = format!("{number}: ");
        let order: Vec<&str> =
            all.iter().filter_map(|message| message["message"].as_str()?.strip_prefix(&own)).collect();
        let expected: Vec<String> = (0..MESSAGES).map(|message| message.to_string()).collect();
        assert_eq!(order, expected, "{number}");
    }
});

/// Ends what runs beside a test, also when the test fails.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

for_each_database!(those_who_enter_an_empty_room_together_miss_nothing, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    let (desk, ticket, is_over) = (&*desk, scene.ticket.as_str(), AtomicBool::new(false));
    let mut readers: Vec<(Client, Holdings<'_>)> = (0..READERS)
        .map(|number| (Transport::BOTH[number % 2].enter(desk, &scene.lou), Holdings { ticket, last: 0 }))
        .collect();
    thread::scope(|scope| {
        let _over = Over(&is_over);
        for writer in [&scene.ann, &scene.lou, &scene.ann] {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    say(writer, ticket, "And another thing.");
                }
            });
        }
        for _ in 0..ROUNDS {
            thread::scope(|round| {
                for (client, held) in &mut readers {
                    round.spawn(|| held.come_and_go(client));
                }
            });
        }
    });
});

for_each_database!(a_message_under_one_name_is_one_message, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    let ticket = &scene.ticket;
    let path = format!("/support/tickets/{ticket}/messages");
    let mut listener = Transport::Plain.enter(desk, &scene.lou);
    listener.join(ticket);
    let mut anns = Transport::BOTH.map(|transport| transport.enter(desk, &scene.ann));
    for round in 0..10 {
        let name = format!("round-{round}");
        let data = json!({ "ticketId": ticket, "message": "Once.", "clientMessageId": name });
        let mut asked: Vec<u64> = anns.iter_mut().map(|ann| ann.send("send_message", &data)).collect();
        let over_http = scene.ann.post(&path, &json!({ "message": "Once.", "clientMessageId": name }));
        asked.extend(anns.iter_mut().map(|ann| ann.send("send_message", &data)));
        assert!([200, 201].contains(&over_http.status), "{over_http:?}");
        let first = over_http.json().unwrap();
        for (number, ann) in asked.into_iter().zip([0, 1, 0, 1]) {
            let answer = anns[ann].answer(number);
            assert_eq!(
                answer,
                Ok(json!({ "message": first })),
                "each should be answered with the one message"
            );
        }
        assert_eq!(listener.hears("new_message"), first);
    }
    // The name is the sender's own.
    let mut lou = Transport::SocketIo.enter(desk, &scene.lou);
    let data = json!({ "ticketId": ticket, "message": "Mine.", "clientMessageId": "round-0" });
    let of_lou = lou.done("send_message", &data)["message"].take();
    assert_eq!(of_lou["sequence"], 12);
    assert_eq!(listener.hears("new_message"), of_lou, "nobody should have heard anything twice");
});
