//! Conversations.

use crate::contract::sample::{self, at, message, ticket, ticket_id, uuid};
use crate::contract::scene::{Scene, refusal_may_pass};
use crate::entity::{Attachment, Message};
use crate::id::{AttachmentId, UserId};
use crate::port::MessageWindow::{After, Before, Newest};
use crate::value::{ClientMessageId, MessageText, SenderType};

pub(super) fn unset_and_set_fields_come_back(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |_| ())]);
    let attachment = |n: u64, name: &str| Attachment {
        id: AttachmentId::new(uuid(20, n)),
        name: name.to_owned(),
        size: 10_485_760 + 4_000_000_000 * i64::from(n == 2),
        media_type: "image/png".to_owned(),
    };
    let plain = message(1, 1);
    let full = Message {
        sender_id: sample::agent_id(1).into(),
        sender_name: sample::person("Zoë O'Ńeill 李"),
        sender_type: SenderType::Agent,
        text: sample::message_text("Zeile 1\n\t\"Zeile\" 2; -- <b>\u{1F469}\u{200D}\u{1F680}</b>"),
        attachments: vec![attachment(1, "größe \"1\".png"), attachment(2, "b.png")],
        client_message_id: ClientMessageId::parse("c-ß-1").ok(),
        is_read: true,
        ..message(1, 2)
    };
    let system = Message {
        sender_id: UserId::SYSTEM,
        sender_name: sample::person("System"),
        sender_type: SenderType::System,
        ..message(1, 3)
    };
    let said = [plain, full, system];
    scene.say(&said);
    assert_eq!(scene.messages(ticket_id(1), After(0), 10), said);
}

pub(super) fn the_longest_text_comes_back_whole(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |_| ())]);
    let longest = Message {
        text: sample::message_text(&"🦀".repeat(MessageText::MAX)),
        client_message_id: ClientMessageId::parse(&"漢".repeat(ClientMessageId::MAX)).ok(),
        sender_name: sample::person(&"𐐷".repeat(200)),
        ..message(1, 1)
    };
    scene.say(std::slice::from_ref(&longest));
    assert_eq!(scene.messages(ticket_id(1), Newest, 1), [longest]);
}

pub(super) fn windows_are_cut_by_sequence_and_limit(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |_| ())]);
    scene.say(&sample::messages(1, 7));
    for (window, limit, expected) in [
        (After(0), 10, 1..=7),
        (After(0), 3, 1..=3),
        (After(3), 2, 4..=5),
        (After(6), 9, 7..=7),
        (After(-5), 1, 1..=1),
        (Before(8), 10, 1..=7),
        (Before(5), 2, 3..=4),
        (Before(2), 5, 1..=1),
        (Before(i64::MAX), 2, 6..=7),
        (Newest, 10, 1..=7),
        (Newest, 3, 5..=7),
    ] {
        let found: Vec<i64> =
            scene.messages(ticket_id(1), window, limit).iter().map(|m| m.sequence).collect();
        assert_eq!(found, expected.collect::<Vec<i64>>(), "{window:?}, at most {limit}");
    }
    for window in [After(7), After(i64::MAX), Before(1), Before(-1)] {
        assert_eq!(scene.messages(ticket_id(1), window, 10), [], "{window:?}");
    }
}

pub(super) fn windows_keep_to_their_ticket(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |_| ()), ticket(2, |_| ()), ticket(3, |_| ())]);
    scene.say(&sample::messages(1, 2));
    scene.say(&sample::messages(2, 3));
    for window in [After(0), Before(10), Newest] {
        assert_eq!(scene.messages(ticket_id(1), window, 10), sample::messages(1, 2));
        assert_eq!(scene.messages(ticket_id(2), window, 10), sample::messages(2, 3));
        assert_eq!(scene.messages(ticket_id(3), window, 10), []);
    }
}

pub(super) fn a_client_id_is_unique_for_a_sender_in_a_ticket(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |_| ()), ticket(2, |_| ())]);
    let first = named(message(1, 1), "once");
    let of_another = Message { sender_id: sample::customer_id(2), ..named(message(1, 2), "once") };
    let in_another_case = named(message(1, 3), "ONCE");
    let unnamed = [message(1, 4), message(1, 5)];
    scene.say(&[first, of_another, in_another_case]);
    scene.say(&unnamed);
    scene.say(&[named(message(2, 1), "once")]);
    let again = named(message(1, 6), "once");
    let refusal = scene.refusal(move |tx| {
        tx.tickets().lock(again.ticket_id)?;
        tx.messages().append(&again)
    });
    assert!(!refusal_may_pass(&refusal), "{refusal:?}");
    assert_eq!(scene.messages(ticket_id(1), Newest, 10).len(), 5);
}

pub(super) fn a_message_is_found_by_its_client_id(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |_| ()), ticket(2, |_| ())]);
    let sent = named(message(1, 1), "a-1");
    scene.say(std::slice::from_ref(&sent));
    let find = |ticket, sender, name| {
        let id = ClientMessageId::parse(name).expect("a name");
        scene.read(move |tx| tx.messages().find_by_client_id(ticket, sender, &id))
    };
    let customer = sample::customer_id(1);
    assert_eq!(find(ticket_id(1), customer, "a-1"), Some(sent));
    assert_eq!(find(ticket_id(1), customer, "a-2"), None);
    assert_eq!(find(ticket_id(1), sample::customer_id(2), "a-1"), None, "another sender");
    assert_eq!(find(ticket_id(2), customer, "a-1"), None, "another ticket");
}

pub(super) fn reading_marks_the_senders_messages_up_to_a_sequence(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |_| ()), ticket(2, |_| ())]);
    let types =
        [SenderType::Customer, SenderType::Agent, SenderType::System, SenderType::Agent, SenderType::Agent];
    let said: Vec<Message> =
        (1..).zip(types).map(|(n, sender_type)| Message { sender_type, ..message(1, n) }).collect();
    scene.say(&said);
    scene.say(&[Message { sender_type: SenderType::Agent, ..message(2, 1) }]);
    let read = || scene.messages(ticket_id(1), After(0), 10).iter().map(|m| m.is_read).collect::<Vec<_>>();
    assert_eq!(mark(scene, &[SenderType::Agent, SenderType::System], 4), 3);
    assert_eq!(read(), [false, true, true, true, false]);
    assert_eq!(mark(scene, &[], 5), 0);
    assert_eq!(mark(scene, &[SenderType::Customer], 5), 1);
    assert_eq!(read(), [true, true, true, true, false]);
    assert!(!scene.messages(ticket_id(2), Newest, 1)[0].is_read, "the other ticket's message");
}

pub(super) fn reading_again_counts_nothing(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |_| ())]);
    scene.say(&sample::messages(1, 3));
    let customer = [SenderType::Customer];
    assert_eq!([mark(scene, &customer, 0), mark(scene, &customer, 2), mark(scene, &customer, 2)], [0, 2, 0]);
    assert_eq!(mark(scene, &customer, i64::MAX), 1);
    let said = scene.messages(ticket_id(1), After(0), 10);
    assert!(said.iter().all(|message| message.is_read));
    assert_eq!(said[0].created_at, at(2), "nothing but the mark has changed");
}

fn named(message: Message, name: &str) -> Message {
    Message { client_message_id: ClientMessageId::parse(name).ok(), ..message }
}

/// Marks messages of ticket 1 as read.
fn mark(scene: &Scene, senders: &[SenderType], sequence: i64) -> u32 {
    let senders = senders.to_vec();
    scene.write(move |tx| tx.messages().mark_read(ticket_id(1), &senders, sequence))
}
