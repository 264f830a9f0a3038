//! Lists of tickets: filtered, sorted, searched, and read in parts.
#![cfg(test)]

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use support_tests::{Answer, Desk, Person, each, for_each_database, items, text};

const PRIORITIES: [&str; 4] = ["low", "medium", "high", "urgent"];
const STATUSES: [&str; 5] = ["open", "in-progress", "escalated", "resolved", "closed"];
const CATEGORIES: [&str; 3] = ["technical", "billing", "loan"];
const TICKETS: usize = 24;

/// A desk with tickets of all kinds; answers its two agents.
fn fill(desk: &Desk) -> [Person; 2] {
    desk.department("Technical Support", 1, &["technical"]);
    desk.department("Billing & Payments", 1, &["billing"]);
    let agents = [desk.hire("Lou", "Technical Support", 1), desk.hire("Max", "Technical Support", 2)];
    for n in 0..TICKETS {
        let body = json!({
            "subject": format!("Matter {n}"), "priority": PRIORITIES[n % 4],
            "category": CATEGORIES[n % 3],
            "tags": if n % 2 == 0 { json!(["even", "vip"]) } else { json!(["odd"]) },
        });
        let customer = desk.customer(u16::try_from(n % 5 + 1).unwrap());
        let ticket = desk.open_with(&customer, body);
        let id = ticket["id"].as_str().unwrap();
        if n % 3 == 0 && n % 2 == 0 {
            let change = json!({ "department": "Billing & Payments" });
            desk.admin().patch(&format!("/support/tickets/{id}"), &change).is(200);
        }
        // Every fifth of each fate.
        let fate = n % 5;
        if fate > 0 {
            desk.assign(id, &agents[0]);
        }
        if fate == 2 {
            desk.escalate(id, &agents[1]);
        }
        if fate > 2 {
            desk.resolve(&agents[0], id);
        }
        if fate > 3 {
            customer.patch(&format!("/support/tickets/{id}"), &json!({ "status": "closed" })).is(200);
        }
    }
    // Somebody gets an answer after the others, so that the last message is not the order of creation.
    let first = desk.admin().get("/support/tickets?sort=createdAt&limit=1").is(200)["items"][0]["id"].clone();
    let path = format!("/support/tickets/{}/messages", first.as_str().unwrap());
    desk.admin().post(&path, &json!({ "message": "Soon." })).is(201);
    agents
}

/// Which tickets a filter lets through.
type Model<'a> = Box<dyn Fn(&Value) -> bool + 'a>;

fn ids(list: &[Value]) -> Vec<String> {
    let mut ids = each(list, "id");
    ids.sort();
    ids
}

for_each_database!(every_filter_lets_the_right_ones_through, |desk: &mut Desk| {
    let [lou, max] = fill(desk);
    let admin = desk.admin();
    let all = admin.items("/support/tickets?limit=200");
    assert_eq!(all.len(), TICKETS);
    let has = |member: &'static str, values: &'static [&'static str]| {
        move |ticket: &Value| values.contains(&text(&ticket[member]).as_str())
    };
    let tagged =
        |tag: &'static str| move |ticket: &Value| ticket["tags"].as_array().unwrap().contains(&json!(tag));
    let customers = [desk.customer(1).id, desk.customer(2).id];
    let of_customers = |ticket: &Value| customers.contains(&text(&ticket["customerId"]));
    let lou_has = |ticket: &Value| ticket["assignedTo"] == lou.id.as_str();
    let max_has = |ticket: &Value| ticket["assignedTo"] == max.id.as_str();
    let cases: Vec<(String, Model<'_>)> = vec![
        ("status=open".into(), Box::new(has("status", &["open"]))),
        ("status=in-progress,escalated".into(), Box::new(has("status", &["in-progress", "escalated"]))),
        ("status=IN_PROGRESS&status=closed".into(), Box::new(has("status", &["in-progress", "closed"]))),
        (
            "status=open,closed&status=resolved".into(),
            Box::new(has("status", &["open", "closed", "resolved"])),
        ),
        ("priority=urgent".into(), Box::new(has("priority", &["urgent"]))),
        ("priority=low&priority=High".into(), Box::new(has("priority", &["low", "high"]))),
        ("category=billing,loan".into(), Box::new(has("category", &["billing", "loan"]))),
        ("department=technical%20support".into(), Box::new(has("department", &["Technical Support"]))),
        ("department=Billing%20%26%20Payments".into(), Box::new(has("department", &["Billing & Payments"]))),
        (
            "department=Billing+%26+Payments,Technical+Support".into(),
            Box::new(has("department", &["Billing & Payments", "Technical Support"])),
        ),
        ("tag=vip".into(), Box::new(tagged("vip"))),
        ("tag=odd,vip".into(), Box::new(|_| true)),
        ("tag=nowhere".into(), Box::new(|_| false)),
        ("unassigned=true".into(), Box::new(|ticket| ticket["assignedTo"].is_null())),
        (format!("assignedTo={}", lou.id), Box::new(lou_has)),
        (format!("assignedTo={}&assignedTo={}", lou.id, max.id), Box::new(|t| lou_has(t) || max_has(t))),
        (format!("customerId={}", customers.join(",")), Box::new(of_customers)),
        (
            format!("status=open&priority=low,urgent&customerId={}", customers[0]),
            Box::new(|t| {
                has("status", &["open"])(t)
                    && has("priority", &["low", "urgent"])(t)
                    && t["customerId"] == customers[0].as_str()
            }),
        ),
        ("q=matter%2013&tag=odd".into(), Box::new(has("subject", &["Matter 13"]))),
    ];
    for (query, model) in cases {
        let list = admin.get(&format!("/support/tickets?limit=200&{query}")).is(200);
        let expected: Vec<Value> = all.iter().filter(|ticket| model(ticket)).cloned().collect();
        assert_eq!(ids(&items(&list)), ids(&expected), "{query}");
        assert_eq!(
            (&list["total"], &list["totalIsExact"]),
            (&json!(expected.len()), &json!(true)),
            "{query}"
        );
    }
    // Times: what is before or after, whether or not the moment itself belongs to it.
    let time = text(&all[TICKETS / 2]["createdAt"]);
    let created =
        |query: String| each(&admin.items(&format!("/support/tickets?limit=200&{query}")), "createdAt");
    let (from, to) = (created(format!("createdFrom={time}")), created(format!("createdTo={time}")));
    let count = |beyond: &dyn Fn(&str) -> bool| {
        all.iter().filter(|t| beyond(t["createdAt"].as_str().unwrap())).count()
    };
    assert!(from.iter().all(|at| *at >= time) && from.len() >= count(&|at| at > time.as_str()), "{from:?}");
    assert!(to.iter().all(|at| *at <= time) && to.len() >= count(&|at| at < time.as_str()), "{to:?}");
    assert_eq!(created("createdFrom=2100-01-01T00:00:00Z".into()).len(), 0);
    // Another offset of the same moment.
    assert_eq!(created("createdTo=2099-12-31T23:59:59%2B02:00".into()).len(), TICKETS);
});

/// What a list is sorted by, as something that compares.
fn key(ticket: &Value, field: &str) -> String {
    let rank =
        |values: &[&str]| values.iter().position(|value| ticket[field] == **value).unwrap().to_string();
    match field {
        "priority" => rank(&PRIORITIES),
        "status" => rank(&STATUSES),
        _ => text(&ticket[field]),
    }
}

/// Reads a list in parts, to its end.
fn walk(person: &Person, query: &str, mut between: impl FnMut()) -> Vec<Value> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = person.get(&format!("/support/tickets?{query}{cursor}")).is(200);
        found.extend(items(&page));
        assert!(found.len() <= 1000, "it does not end");
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
        between();
    }
}

for_each_database!(sorted_both_ways_and_read_in_parts, |desk: &mut Desk| {
    fill(desk);
    let admin = desk.admin();
    for field in ["createdAt", "updatedAt", "priority", "status", "lastMessageAt"] {
        for (sort, ascending) in [(field.to_owned(), true), (format!("-{field}"), false)] {
            let all = admin.items(&format!("/support/tickets?limit=200&sort={sort}"));
            // Tickets without a message stand together, at one end or the other.
            let keys: Vec<String> = all.iter().map(|t| key(t, field)).filter(|key| !key.is_empty()).collect();
            let sorted = if ascending { keys.is_sorted() } else { keys.iter().rev().is_sorted() };
            assert!(sorted, "{sort}: {keys:?}");
            for limit in [1, 5, 24] {
                let walked = walk(&admin, &format!("limit={limit}&sort={sort}"), || {});
                assert_eq!(each(&walked, "id"), each(&all, "id"), "{sort} by {limit}");
            }
            for page in 1..=4 {
                let part = admin.get(&format!("/support/tickets?limit=7&page={page}&sort={sort}")).is(200);
                let expected = all.chunks(7).nth(page - 1).unwrap();
                assert_eq!(each(&items(&part), "id"), each(expected, "id"), "{sort}, page {page}");
                assert_eq!(part["total"], TICKETS);
            }
        }
    }
    // The newest first, unless asked for otherwise.
    let (plain, newest) = (admin.items("/support/tickets"), admin.items("/support/tickets?sort=-createdAt"));
    assert_eq!(plain, newest);
    assert_eq!(admin.items("/support/tickets?limit=7&page=9"), Vec::<Value>::new());
    // A filter holds on every part, and so does what the caller may see.
    let open = walk(&admin, "limit=2&status=open,closed&sort=priority", || {});
    assert_eq!(ids(&open), ids(&admin.items("/support/tickets?limit=200&status=open,closed")));
    let own = desk.customer(1);
    let walked = walk(&own, "limit=2", || {});
    assert!(walked.len() == 5 && walked.iter().all(|t| t["customerId"] == own.id.as_str()), "{walked:?}");

    // New tickets in between: none of the old is lost, and none comes twice.
    let walked = walk(&admin, "limit=5&sort=-createdAt", || drop(desk.open(&own, "loan")));
    assert_eq!(each(&walked, "id"), each(&plain, "id"));
});

for_each_database!(what_is_out_of_bounds_is_refused, |desk: &mut Desk| {
    fill(desk);
    let admin = desk.admin();
    let cursor = text(&admin.get("/support/tickets?limit=5&sort=priority").is(200)["nextCursor"]);
    admin.get(&format!("/support/tickets?limit=200&sort=priority&cursor={cursor}")).is(200);
    let mut changed: String = cursor.clone();
    let last = changed.pop().unwrap();
    changed.push(if last == 'A' { 'B' } else { 'A' });
    let queries = [
        "limit=0".to_owned(),
        "limit=201".into(),
        "limit=-1".into(),
        "limit=ten".into(),
        "limit=".into(),
        "limit=99999999999999999999".into(),
        "limit=5&limit=6".into(),
        "limit=1.5".into(),
        "page=0".into(),
        "page=-1".into(),
        "page=x".into(),
        "page=99999999999999999999".into(),
        // To 10,000 rows and no further.
        "limit=50&page=201".into(),
        "limit=200&page=51".into(),
        "sort=subject".into(),
        "sort=".into(),
        "sort=--createdAt".into(),
        "sort=createdat%20desc".into(),
        "status=done".into(),
        "status=open,done".into(),
        "priority=0".into(),
        "category=x".into(),
        "assignedTo=lou".into(),
        "customerId=1".into(),
        "unassigned=maybe".into(),
        "createdFrom=yesterday".into(),
        "createdTo=2026-13-01T00:00:00Z".into(),
        "createdFrom=12".into(),
        "colour=red".into(),
        "Status=open".into(),
        "status%5B%5D=open".into(),
        "cursor=nonsense".into(),
        "cursor=%FF%FE".into(),
        format!("cursor={changed}"),
        // A cursor of another order.
        format!("sort=createdAt&cursor={cursor}"),
        format!("sort=-priority&cursor={cursor}"),
        format!("cursor={}", "A".repeat(3_000)),
        "status=%FF".into(),
        "q=%C3%28".into(),
    ];
    for query in queries {
        let answer = admin.get(&format!("/support/tickets?{query}"));
        assert!([400, 422].contains(&answer.status), "{query}: {answer:?}");
        answer.problem_of(answer.status);
    }
    for wrong in ["/support/agents?tier=4", "/support/agents?status=x", "/support/agents?tier="] {
        admin.get(wrong).problem_of(422);
    }
    for page in ["limit=50&page=200", "limit=200&page=50", "limit=1&page=10000"] {
        assert_eq!(items(&admin.get(&format!("/support/tickets?{page}")).is(200)).len(), 0, "{page}");
    }
    assert_eq!(admin.items("/support/tickets?limit=200").len(), TICKETS);
});

for_each_database!(a_search_finds_words, |desk: &mut Desk| {
    let admin = desk.admin();
    let open = |subject: &str, name: &str| {
        let email = format!("c{}@example.com", subject.len());
        let body = json!({ "subject": subject, "customer": { "name": name, "email": email } });
        text(&desk.open_with(&admin, body)["ticketNumber"])
    };
    let transfer = open("Überweisung hängt seit Montag", "Zoë Müller-Lüdenscheidt");
    let card = open("Card declined abroad (50% fee_applied)", "Ana O'Hara");
    let pin = open("PIN blocked: card no. 4711", "Kim Declan");
    let find = |q: &str| {
        let encoded = utf8_percent_encode(q, NON_ALPHANUMERIC);
        let mut found = each(&admin.items(&format!("/support/tickets?q={encoded}")), "ticketNumber");
        found.sort();
        found
    };
    let (transfer, card, pin) = (transfer.as_str(), card.as_str(), pin.as_str());
    for (q, expected) in [
        ("card", vec![card, pin]),
        ("CARD", vec![card, pin]),
        ("car", vec![card, pin]),
        ("ard", vec![]),
        ("declined card", vec![card]),
        ("card decl", vec![card, pin]),
        ("card missing", vec![]),
        ("überweisung", vec![transfer]),
        ("ÜBERWEISUNG", vec![transfer]),
        ("müller", vec![transfer]),
        ("lüden montag", vec![transfer]),
        ("ana abroad", vec![card]),
        ("o'hara", vec![card]),
        ("4711", vec![pin]),
        ("kim", vec![pin]),
        (card, vec![card]),
        (&card.to_lowercase(), vec![card]),
        ("TKT", vec![transfer, card, pin]),
        // What means something to a database means nothing here.
        ("fee_applied", vec![card]),
        ("c_rd", vec![]),
        ("card OR pin", vec![]),
        ("card AND NOT pin", vec![]),
        ("example", vec![]),
    ] {
        assert_eq!(find(q), expected, "{q}");
    }
    for strange in [
        "\"card",
        "card*",
        "(",
        "card)",
        "'",
        "--",
        "%",
        "card%",
        "NEAR(card pin)",
        "subject:card",
        "a&b|!c",
        ":*",
        "\\",
        "💳",
        "\u{202e}card",
        "card\0",
        ";DROP TABLE tickets",
    ] {
        let encoded = utf8_percent_encode(strange, NON_ALPHANUMERIC);
        let answer = admin.get(&format!("/support/tickets?q={encoded}"));
        assert!([200, 422].contains(&answer.status), "{strange}: {answer:?}");
    }
    let long = admin.get(&format!("/support/tickets?q={}", "word+".repeat(500)));
    assert!([200, 422].contains(&long.status), "{long:?}");
    // What changed is found under its new words alone.
    let path = format!("/support/tickets/{card}");
    admin.patch(&path, &json!({ "subject": "Fees abroad" })).is(200);
    assert_eq!((find("declined"), find("fees")), (vec![], vec![card.to_owned()]));
});
