//! Conversations: numbered without a gap, read in parts, and taken as they were written.
#![cfg(test)]

use serde_json::{Value, json};
use support_tests::{Answer, Desk, Person, Response, each, for_each_database, items, pointers, text};

struct Scene {
    customer: Person,
    lou: Person,
    /// In progress; one message of the system is in it.
    ticket: String,
    path: String,
}

fn set(desk: &Desk) -> Scene {
    desk.department("Technical Support", 1, &["technical"]);
    let (lou, customer) = (desk.hire("Lou", "Technical Support", 1), desk.customer(1));
    let ticket = desk.open(&customer, "technical");
    desk.assign(&ticket, &lou);
    let path = format!("/support/tickets/{ticket}/messages");
    Scene { customer, lou, ticket, path }
}

impl Scene {
    #[track_caller]
    fn say(&self, person: &Person, message: &str) -> Value {
        person.post(&self.path, &json!({ "message": message })).is(201)
    }

    #[track_caller]
    fn read(&self, person: &Person, up_to: i64) -> Response {
        let answer = person.post(&format!("{}/read", self.path), &json!({ "upTo": up_to }));
        assert!((200..300).contains(&answer.status), "{answer:?}");
        answer
    }

    /// Which messages are unread, by sequence.
    #[track_caller]
    fn unread(&self) -> Vec<u64> {
        let all = self.customer.items(&self.path);
        all.iter().filter(|one| one["isRead"] == false).filter_map(|one| one["sequence"].as_u64()).collect()
    }
}

for_each_database!(messages_are_numbered_without_a_gap, |desk: &mut Desk| {
    let scene = set(desk);
    let (customer, lou) = (&scene.customer, &scene.lou);
    let first = scene.say(customer, "It stopped working.");
    let expected = json!({
        "ticketId": scene.ticket, "senderId": customer.id, "senderName": "Customer 1", "senderType": "customer",
        "message": "It stopped working.", "isRead": false, "sequence": 2,
    });
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(&first[member], value, "{member}");
    }
    assert!(first["attachments"].as_array().is_none_or(Vec::is_empty), "{first}");
    let answer = scene.say(lou, "We are looking into it.");
    let told = [&answer["senderType"], &answer["senderName"], &answer["senderId"], &answer["sequence"]];
    assert_eq!(told, [&json!("agent"), &json!("Lou"), &json!(lou.id), &json!(3)]);
    let admin = scene.say(&desk.admin(), "So am I.");
    assert_eq!((&admin["senderType"], &admin["sequence"]), (&json!("agent"), &json!(4)));
    for (n, who) in [customer, lou, customer].into_iter().enumerate() {
        assert_eq!(scene.say(who, "And more.")["sequence"], n + 5);
    }
    let all = customer.items(&scene.path);
    assert_eq!(each(&all, "sequence"), ["1", "2", "3", "4", "5", "6", "7"]);
    assert_eq!(all[0]["senderType"], "system");
    let ticket = desk.ticket(&scene.ticket);
    assert_eq!((&ticket["messageCount"], &ticket["lastMessageAt"]), (&json!(7), &all[6]["createdAt"]));
    assert_eq!(ticket["firstResponseAt"], answer["createdAt"], "the first of staff, and not the system's");
    let sent = desk.actions(&scene.ticket).into_iter().filter(|action| action == "message_sent").count();
    assert_eq!(sent, 6, "the system's are in no history");

    // Many at once still count one by one.
    let numbers: Vec<u64> = std::thread::scope(|scope| {
        let sends: Vec<_> = (0..12)
            .map(|n| {
                let (scene, who) = (&scene, if n % 2 == 0 { customer } else { lou });
                scope.spawn(move || scene.say(who, &format!("All at once {n}"))["sequence"].as_u64().unwrap())
            })
            .collect();
        sends.into_iter().map(|send| send.join().unwrap()).collect()
    });
    let mut sorted = numbers.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (8..20).collect::<Vec<_>>());
    assert_eq!(desk.ticket(&scene.ticket)["messageCount"], 19);
});

for_each_database!(a_conversation_is_read_in_parts, |desk: &mut Desk| {
    let scene = set(desk);
    (2..=30).for_each(|n| drop(scene.say(&scene.customer, &format!("Number {n}"))));
    let numbers = |query: &str| -> Vec<u64> {
        let list = scene.lou.get(&format!("{}?{query}", scene.path)).is(200);
        items(&list).iter().filter_map(|one| one["sequence"].as_u64()).collect()
    };
    assert_eq!(numbers("limit=200"), (1..=30).collect::<Vec<_>>());
    assert_eq!(numbers("after=27"), [28, 29, 30]);
    assert_eq!(numbers("after=0&limit=3"), [1, 2, 3]);
    assert_eq!(numbers("after=5&limit=4"), [6, 7, 8, 9]);
    // The newest of those before, for who scrolls up; ascending as well.
    assert_eq!(numbers("before=20&limit=4"), [16, 17, 18, 19]);
    assert_eq!(numbers("before=3&limit=10"), [1, 2]);
    assert_eq!(numbers("before=1"), Vec::<u64>::new());
    assert_eq!(numbers("after=30"), Vec::<u64>::new());
    assert_eq!(numbers("after=1000000"), Vec::<u64>::new());
    for wrong in [
        "after=-1",
        "after=x",
        "before=-1",
        "before=x",
        "limit=0",
        "limit=-3",
        "limit=201",
        "limit=x",
        "since=3",
        "after=1&before=9",
    ] {
        scene.lou.get(&format!("{}?{wrong}", scene.path)).problem_of(422);
    }
});

for_each_database!(a_message_is_sent_once, |desk: &mut Desk| {
    let scene = set(desk);
    let send = |person: &Person, id: &str, message: &str| {
        person.post(&scene.path, &json!({ "message": message, "clientMessageId": id }))
    };
    let first = send(&scene.customer, "a-1", "Hello.").is(201);
    let before = (desk.ticket(&scene.ticket), desk.history(&scene.ticket));
    assert_eq!(send(&scene.customer, "a-1", "Hello.").is(200), first);
    // Whatever it says by now: the first one was sent.
    assert_eq!(send(&scene.customer, "a-1", "Hello again.").is(200), first);
    assert_eq!((desk.ticket(&scene.ticket), desk.history(&scene.ticket)), before);
    // The name is the sender's own, in this ticket.
    assert_eq!(send(&scene.lou, "a-1", "Hello.").is(201)["sequence"], 3);
    assert_eq!(send(&scene.customer, "a-2", "Hello.").is(201)["sequence"], 4);
    let other = desk.open(&scene.customer, "technical");
    let path = format!("/support/tickets/{other}/messages");
    scene.customer.post(&path, &json!({ "message": "Hello.", "clientMessageId": "a-1" })).is(201);

    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let sends: Vec<_> =
            (0..8).map(|_| scope.spawn(|| send(&scene.customer, "a-3", "Once.").status)).collect();
        sends.into_iter().map(|send| send.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 7, "{statuses:?}");
    assert_eq!(desk.ticket(&scene.ticket)["messageCount"], 5);
    for wrong in [json!(""), json!(7), json!("x".repeat(10_000))] {
        let body = json!({ "message": "Hello.", "clientMessageId": wrong });
        let problem = scene.customer.post(&scene.path, &body).problem_of(422);
        assert_eq!(pointers(&problem), ["/clientMessageId"]);
    }
    // A repetition is answered on a closed ticket too; a new message is not taken.
    desk.resolve(&scene.lou, &scene.ticket);
    scene
        .customer
        .patch(&format!("/support/tickets/{}", scene.ticket), &json!({ "status": "closed" }))
        .is(200);
    assert_eq!(send(&scene.customer, "a-1", "Hello.").is(200)["id"], first["id"]);
    send(&scene.customer, "a-4", "Hello?").problem_of(409);
});

for_each_database!(a_text_is_kept_as_it_was_written, |desk: &mut Desk| {
    let scene = set(desk);
    let taken = |written: &str| {
        let message = scene.say(&scene.customer, written);
        let listed = scene.lou.items(&scene.path).pop().unwrap();
        assert_eq!(listed["message"], message["message"]);
        text(&message["message"])
    };
    for plain in [
        "<script>alert('x')</script> & \"quotes\"",
        "**not bold** [link](javascript:alert(1)) &lt;b&gt;",
        "first\n\n\tsecond \u{1f3ab} \u{202e}ltr ümläut 漢字 e\u{301}",
        "'; DROP TABLE messages; --",
        "{\"json\": true} \\n \\u0000 %00 ${x} {{y}}",
    ] {
        assert_eq!(taken(plain), plain);
    }
    assert_eq!(taken("  \n padded \t\n "), "padded");
    // Control characters other than newline and tab are dropped, before it is trimmed.
    assert_eq!(
        taken("be\u{0}ll\u{7} and\u{1b}[31m es\u{7f}cape\u{85}\n\tkept\r"),
        "bell and[31m escape\n\tkept"
    );
    assert_eq!(taken(" \u{0} a \u{1} "), "a");

    let longest = "ä".repeat(10_000);
    assert_eq!(taken(&longest), longest);
    assert_eq!(taken(&format!("  {longest}\n")), longest, "it counts after trimming");
    assert_eq!(taken("x"), "x");
    let before = desk.ticket(&scene.ticket);
    let too_long = format!("{longest}ä");
    for wrong in ["", "   ", "\n\t", "\u{0}\u{1}\u{1b}", " \u{7} ", &too_long] {
        let problem = scene.customer.post(&scene.path, &json!({ "message": wrong })).problem_of(422);
        assert_eq!(pointers(&problem), ["/message"]);
    }
    for wrong in [json!({}), json!({ "message": 7 }), json!({ "message": null }), json!({ "text": "Hello." })]
    {
        scene.customer.post(&scene.path, &wrong).problem_of(422);
    }
    for extra in [
        json!({ "senderType": "system" }),
        json!({ "senderId": scene.lou.id }),
        json!({ "attachments": ["01900000-0000-7000-8000-0000ffffffff"] }),
        json!({ "attachments": [{ "name": "x", "url": "http://x" }] }),
    ] {
        let body = support_tests::with(json!({ "message": "Hello." }), extra);
        scene.customer.post(&scene.path, &body).problem_of(422);
    }
    assert_eq!(desk.ticket(&scene.ticket), before);
});

for_each_database!(read_is_what_the_other_side_has_read, |desk: &mut Desk| {
    let scene = set(desk);
    // 1 is the system's, 2 and 3 are the customer's, 4 and 5 the agent's.
    scene.say(&scene.customer, "One.");
    scene.say(&scene.customer, "Two.");
    scene.say(&scene.lou, "Three.");
    scene.say(&scene.lou, "Four.");
    assert_eq!(scene.unread(), [1, 2, 3, 4, 5]);
    let before = desk.ticket(&scene.ticket);
    // To look is not to read; one's own messages are read by the others alone.
    scene.lou.get(&scene.path).is(200);
    scene.customer.get(&scene.path).is(200);
    scene.read(&scene.lou, 2);
    assert_eq!(scene.unread(), [1, 3, 4, 5]);
    scene.read(&scene.lou, 1_000_000);
    assert_eq!(scene.unread(), [1, 4, 5]);
    scene.read(&scene.customer, 4);
    assert_eq!(scene.unread(), [5]);
    scene.read(&scene.customer, 4);
    scene.read(&scene.lou, 5);
    assert_eq!(scene.unread(), [5]);
    scene.read(&scene.customer, 5);
    assert_eq!(scene.unread(), Vec::<u64>::new());
    // What comes later is unread again, and reading is no message and no history.
    scene.say(&scene.lou, "Five.");
    assert_eq!(scene.unread(), [6]);
    let after = desk.ticket(&scene.ticket);
    assert_eq!((&before["messageCount"], &after["messageCount"]), (&json!(5), &json!(6)));
    let sent = desk.actions(&scene.ticket).split_off(3);
    assert!(sent.iter().all(|action| action == "message_sent"), "{sent:?}");

    let path = format!("{}/read", scene.path);
    for wrong in [
        json!({}),
        json!({ "upTo": -1 }),
        json!({ "upTo": "all" }),
        json!({ "upTo": 1.5 }),
        json!({ "upTo": null }),
    ] {
        scene.customer.post(&path, &wrong).problem_of(422);
    }
    assert_eq!(scene.unread(), [6]);
    // The administrator reads for the desk's side, too.
    scene.say(&scene.customer, "Six.");
    scene.read(&desk.admin(), 7);
    assert_eq!(scene.unread(), [6]);
});

for_each_database!(changes_are_told_in_the_conversation, |desk: &mut Desk| {
    let scene = set(desk);
    let above = desk.hire("Sonja", "Technical Support", 2);
    let ticket = format!("/support/tickets/{}", scene.ticket);
    let told = |count: usize| {
        let all = desk.messages(&scene.ticket);
        assert_eq!((all.len(), &all[count - 1]["senderType"]), (count, &json!("system")), "{all:?}");
        assert_eq!(all[count - 1]["sequence"], count);
        assert_eq!(desk.ticket(&scene.ticket)["messageCount"], count);
        text(&all[count - 1]["message"])
    };
    told(1);
    desk.escalate(&scene.ticket, &above);
    told(2);
    desk.resolve(&above, &scene.ticket);
    told(3);
    scene.customer.patch(&ticket, &json!({ "status": "in-progress" })).is(200);
    told(4);
    desk.resolve(&above, &scene.ticket);
    told(5);
    // On a resolved ticket the customer may still write.
    scene.say(&scene.customer, "Thank you.");
    scene.customer.patch(&ticket, &json!({ "status": "closed" })).is(200);
    told(7);
    // Other changes are none of the conversation.
    let other = desk.open(&scene.customer, "technical");
    let change = json!({ "priority": "urgent", "tags": ["vip"] });
    desk.admin().patch(&format!("/support/tickets/{other}"), &change).is(200);
    assert_eq!(desk.messages(&other), Vec::<Value>::new());
    assert!(desk.ticket(&scene.ticket)["firstResponseAt"].is_null(), "the system answered nobody");
    assert!(!desk.actions(&scene.ticket).is_empty());
});
