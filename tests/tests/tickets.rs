//! Tickets: created, read, changed, and asked for twice.
#![cfg(test)]

use std::collections::BTreeSet;

use serde_json::{Value, json};
use support_tests::{
    Answer, Desk, Person, Response, each, for_each_database, pointers, request, subject, with,
};

/// The fields of `docs/specification.md`, section 2.1, and of `docs/contract.md`, section 2.8.
const MEMBERS: [&str; 26] = [
    "id",
    "ticketNumber",
    "customerId",
    "customerName",
    "customerPhone",
    "customerEmail",
    "subject",
    "description",
    "category",
    "priority",
    "status",
    "assignedTo",
    "assignedToName",
    "department",
    "escalatedTo",
    "escalatedToName",
    "resolution",
    "resolvedAt",
    "resolvedBy",
    "lastMessageAt",
    "messageCount",
    "tags",
    "createdAt",
    "updatedAt",
    "version",
    "firstResponseAt",
];

fn path(ticket: &Value) -> String {
    format!("/support/tickets/{}", ticket["id"].as_str().unwrap())
}

/// RFC 3339 in UTC with milliseconds and `Z`.
fn is_time(value: &Value) -> bool {
    let form = "dddd-dd-ddTdd:dd:dd.dddZ";
    let fits = |(byte, form): (u8, u8)| if form == b'd' { byte.is_ascii_digit() } else { byte == form };
    value.as_str().is_some_and(|text| text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits))
}

fn is_uuid_v7(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() == 36 && text.as_bytes()[14] == b'7')
}

fn is_number(value: &Value, serial: &str) -> bool {
    let year = value.as_str().and_then(|text| text.strip_prefix("TKT-")?.strip_suffix(&format!("-{serial}")));
    year.is_some_and(|year| year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()))
}

for_each_database!(a_ticket_starts_with_defaults, |desk: &mut Desk| {
    let customer = desk.customer(1);
    let answer = customer.post("/support/tickets", &request("billing"));
    let ticket = answer.is(201);
    assert_eq!(answer.must_have("location"), path(&ticket));
    let members: BTreeSet<&str> = ticket.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, BTreeSet::from(MEMBERS));
    let expected = json!({
        "customerId": customer.id, "customerName": "Customer 1", "customerEmail": "customer1@example.com",
        "subject": "My card was declined", "description": "It worked yesterday.", "category": "billing",
        "priority": "medium", "status": "open", "messageCount": 0, "assignedTo": null, "assignedToName": null,
        "department": null, "escalatedTo": null, "escalatedToName": null, "resolution": null, "resolvedAt": null,
        "resolvedBy": null, "lastMessageAt": null, "firstResponseAt": null,
    });
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(&ticket[member], value, "{member}");
    }
    assert!(is_uuid_v7(&ticket["id"]) && is_time(&ticket["createdAt"]), "{ticket}");
    assert_eq!(ticket["updatedAt"], ticket["createdAt"]);
    assert!(is_number(&ticket["ticketNumber"], "001"), "{ticket}");
    assert!(ticket["tags"].as_array().is_none_or(Vec::is_empty), "{ticket}");

    let answer = customer.get(&answer.must_have("location"));
    assert_eq!(answer.is(200), ticket);
    assert_eq!(answer.must_have("etag"), format!("\"{}\"", ticket["version"]));
    let by_number = format!("/support/tickets/{}", ticket["ticketNumber"].as_str().unwrap());
    assert_eq!(customer.get(&by_number).is(200), ticket);
    assert_eq!(customer.get(&by_number.to_lowercase()).is(200), ticket);
    for absent in ["TKT-2020-001", "01900000-0000-7000-8000-0000ffffffff"] {
        customer.get(&format!("/support/tickets/{absent}")).problem_of(404);
    }
    for n in 2..=4 {
        assert!(is_number(&desk.open_with(&customer, json!({}))["ticketNumber"], &format!("00{n}")));
    }
});

for_each_database!(a_ticket_takes_all_it_is_given, |desk: &mut Desk| {
    desk.department("Technical Support", 1, &["technical"]);
    let body = json!({
        "subject": "  Ä \"card\" & <b>more</b> 🎫 ", "description": "First line\nsecond\tline", "category": "LOAN",
        "priority": "Urgent", "department": "technical SUPPORT", "tags": ["vip", "card", "vip"], "autoAssign": false,
        "customer": { "id": subject(9), "name": "Zoë", "email": "Zoe@Example.com", "phone": "+44 20 7946 0018" },
    });
    let ticket = desk.admin().post("/support/tickets", &body).is(201);
    let expected = json!({
        "subject": "Ä \"card\" & <b>more</b> 🎫", "description": "First line\nsecond\tline", "category": "loan",
        "priority": "urgent", "department": "Technical Support", "status": "open", "customerId": subject(9),
        "customerName": "Zoë", "customerPhone": "+44 20 7946 0018", "tags": ["vip", "card"],
    });
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(&ticket[member], value, "{member}");
    }
    assert!(ticket["customerEmail"].as_str().unwrap().eq_ignore_ascii_case("zoe@example.com"));
    // It is that customer's own ticket.
    desk.customer(9).get(&path(&ticket)).is(200);
    assert_eq!(desk.actions(ticket["id"].as_str().unwrap()), ["ticket_created"]);

    // Staff may name a customer by address alone: the same address is the same customer.
    let named = |email: &str| {
        let body = with(request("loan"), json!({ "customer": { "name": "Una", "email": email } }));
        desk.admin().post("/support/tickets", &body).is(201)["customerId"].clone()
    };
    assert_eq!(named("una@example.com"), named("UNA@example.com"));
    assert_ne!(named("una@example.com"), named("ulf@example.com"));
    // Somebody who is no customer cannot be one.
    let lou = desk.hire("Lou", "Technical Support", 1);
    let body = with(
        request("loan"),
        json!({ "customer": { "id": lou.id, "name": "Lou", "email": "l@example.com" } }),
    );
    desk.admin().post("/support/tickets", &body).problem_of(422);
});

for_each_database!(what_does_not_fit_is_named, |desk: &mut Desk| {
    let customer = desk.customer(1);
    let base = request("technical");
    let long = |length: usize| "ä".repeat(length);
    let cases = [
        (json!({ "subject": "" }), "/subject"),
        (json!({ "subject": " \t " }), "/subject"),
        (json!({ "subject": "two\nlines" }), "/subject"),
        (json!({ "subject": null }), "/subject"),
        (json!({ "subject": 7 }), "/subject"),
        (json!({ "subject": long(100_000) }), "/subject"),
        (json!({ "description": "" }), "/description"),
        (json!({ "description": long(100_000) }), "/description"),
        (json!({ "category": "cards" }), "/category"),
        (json!({ "category": "" }), "/category"),
        (json!({ "priority": "highest" }), "/priority"),
        (json!({ "priority": 1 }), "/priority"),
        (json!({ "department": "Nowhere" }), "/department"),
        (json!({ "tags": "vip" }), "/tags"),
        (json!({ "tags": [1] }), "/tags/0"),
        (json!({ "tags": ["ok", ""] }), "/tags/1"),
        (json!({ "autoAssign": "yes" }), "/autoAssign"),
        (json!({ "status": "closed" }), "/status"),
        (json!({ "a/b~c": 1 }), "/a~1b~0c"),
    ];
    for (change, pointer) in cases {
        let problem = customer.post("/support/tickets", &with(base.clone(), change)).problem_of(422);
        assert_eq!(pointers(&problem), [pointer], "{problem}");
        assert!(problem["errors"][0]["detail"].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
    }
    // Everything that is wrong is told at once.
    let problem =
        customer.post("/support/tickets", &json!({ "subject": "", "category": "x", "b": 1 })).problem_of(422);
    let told: BTreeSet<&str> = pointers(&problem).into_iter().collect();
    assert_eq!(told, BTreeSet::from(["/subject", "/description", "/category", "/b"]));
    assert_eq!(desk.admin().items("/support/tickets"), Vec::<Value>::new());
});

for_each_database!(each_field_can_be_changed, |desk: &mut Desk| {
    desk.department("Technical Support", 1, &["technical"]);
    let lou = desk.hire("Lou", "Technical Support", 1);
    let id = desk.open(&desk.customer(1), "general");
    let mut before = desk.assign(&id, &lou);
    let changes = [
        (json!({ "subject": "Another subject" }), "ticket_updated"),
        (json!({ "description": "Another text" }), "ticket_updated"),
        (json!({ "category": "BILLING" }), "ticket_updated"),
        (json!({ "priority": "urgent" }), "priority_changed"),
        (json!({ "tags": ["a", "b"] }), "ticket_updated"),
        (json!({ "tags": [] }), "ticket_updated"),
    ];
    for (change, action) in changes {
        let entries = desk.actions(&id).len();
        let answer = lou.patch(&path(&before), &change);
        let after = answer.is(200);
        for (member, value) in change.as_object().unwrap() {
            let lower = value.as_str().map_or(value.clone(), |text| json!(text));
            let expected = if member == "category" { json!("billing") } else { lower };
            assert_eq!(after[member], expected, "{after}");
        }
        assert_eq!(answer.must_have("etag"), format!("\"{}\"", after["version"]));
        assert!(after["version"].as_u64() > before["version"].as_u64(), "{after}");
        assert!(is_time(&after["updatedAt"]) && after["createdAt"] == before["createdAt"], "{after}");
        assert_eq!(desk.ticket(&id), after);
        assert_eq!(desk.actions(&id)[entries..], [action], "{change}");
        before = after;
    }
    desk.department("Billing", 1, &[]);
    let moved = desk.admin().patch(&path(&before), &json!({ "department": "billing" })).is(200);
    assert_eq!(moved["department"], "Billing");
    // Several at once are one change, or none if one does not fit.
    for wrong in
        [json!({ "subject": "x", "priority": "no" }), json!({ "subject": "x", "department": "Nowhere" })]
    {
        lou.patch(&path(&moved), &wrong).problem_of(422);
    }
    lou.patch(&path(&moved), &json!({ "subject": "x", "status": "closed" }))
        .refused(409, "invalid_transition");
    lou.patch(&path(&moved), &json!({ "version": 7 })).problem_of(422);
    assert_eq!(desk.ticket(&id), moved);
    let both = lou.patch(&path(&moved), &json!({ "subject": "Both", "priority": "low" })).is(200);
    assert_eq!((&both["subject"], &both["priority"]), (&json!("Both"), &json!("low")));
});

fn conditional(person: &Person, method: &str, path: &str, header: &str, tag: &str, body: &Value) -> Response {
    person.send(method, path, |request| {
        let request = request.header(header, tag);
        if method == "GET" { request } else { request.json(body) }
    })
}

for_each_database!(a_lost_race_is_noticed, |desk: &mut Desk| {
    let admin = desk.admin();
    let ticket = desk.open_with(&desk.customer(1), json!({}));
    let path = path(&ticket);
    let first = admin.get(&path).must_have("etag");
    let patch = |tag: &str, subject: &str| {
        conditional(&admin, "PATCH", &path, "If-Match", tag, &json!({ "subject": subject }))
    };
    let second = patch(&first, "First").must_have("etag");
    assert_ne!(second, first);
    patch(&first, "Lost").problem_of(412);
    patch("\"999\"", "Lost").problem_of(412);
    assert_eq!(desk.ticket(ticket["id"].as_str().unwrap())["subject"], "First");
    patch("*", "Any").is(200);
    let listed = format!("{first}, {}", admin.get(&path).must_have("etag"));
    patch(&listed, "One of them").is(200);

    let now = admin.get(&path).must_have("etag");
    let get = |tag: &str| conditional(&admin, "GET", &path, "If-None-Match", tag, &Value::Null);
    let same = get(&now);
    assert_eq!((same.status, same.body.len()), (304, 0), "{same:?}");
    assert_eq!(same.must_have("etag"), now);
    assert_eq!(
        get(&format!("W/{now}")).status,
        304,
        "If-None-Match compares weakly (RFC 9110, section 13.1.2)"
    );
    assert_eq!(get(&format!("{first}, {now}")).status, 304);
    assert_eq!(get("*").status, 304);
    get(&first).is(200);
    // A message is a change of its ticket.
    admin.post(&format!("{path}/messages"), &json!({ "message": "Hello." })).is(201);
    get(&now).is(200);

    // Of many who change the same version, one wins.
    let tag = admin.get(&path).must_have("etag");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let patches: Vec<_> = (0..8)
            .map(|n| {
                scope.spawn({
                    let (patch, tag) = (&patch, &tag);
                    move || patch(tag, &format!("Racer {n}")).status
                })
            })
            .collect();
        patches.into_iter().map(|patch| patch.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 412).count(), 7, "{statuses:?}");
});

for_each_database!(the_same_request_makes_one_ticket, |desk: &mut Desk| {
    let (one, other) = (desk.customer(1), desk.customer(2));
    let create = |person: &Person, key: &str, body: &Value| {
        person.send("POST", "/support/tickets", |request| request.header("Idempotency-Key", key).json(body))
    };
    let body = request("technical");
    let first = create(&one, "key-1", &body).is(201);
    let again = create(&one, "key-1", &body);
    assert_eq!(again.is(201), first);
    assert_eq!(again.must_have("location"), path(&first));
    create(&one, "key-1", &with(body.clone(), json!({ "subject": "Another" }))).problem_of(422);
    // A key is its sender's own, and a request that failed has not used it.
    assert_ne!(create(&other, "key-1", &body).is(201)["id"], first["id"]);
    create(&one, "key-2", &json!({ "subject": "" })).problem_of(422);
    assert_ne!(create(&one, "key-2", &body).is(201)["id"], first["id"]);
    for wrong in ["", &"k".repeat(10_000)] {
        let answer = create(&one, wrong, &body);
        assert!((400..500).contains(&answer.status), "{answer:?}");
        answer.problem_of(answer.status);
    }
    assert_eq!(desk.admin().items("/support/tickets").len(), 3);

    let made: Vec<Value> = std::thread::scope(|scope| {
        let creates: Vec<_> = (0..8).map(|_| scope.spawn(|| create(&one, "key-3", &body).is(201))).collect();
        creates.into_iter().map(|create| create.join().unwrap()).collect()
    });
    assert_eq!(each(&made, "id").into_iter().collect::<BTreeSet<_>>().len(), 1);
    assert_eq!(desk.admin().items("/support/tickets").len(), 4);
    // Without a key, each request is a ticket of its own.
    assert_ne!(desk.open(&one, "technical"), desk.open(&one, "technical"));
    // Numbers are unique and ascend, whatever was repeated or refused in between.
    let tickets = desk.admin().items("/support/tickets?sort=createdAt");
    let serials =
        each(&tickets, "ticketNumber").into_iter().map(|n| n.get(9..).unwrap().parse::<u32>().unwrap());
    assert!(serials.collect::<Vec<_>>().is_sorted_by(|a, b| a < b), "{tickets:?}");
});
