//! What is held on a customer is given out and erased on request.

use serde_json::{Value, json};
use support_tests::program::run;
use support_tests::{Answer, Desk, Person, Token, each, for_each_database, request, subject, text, with};

/// A customer with a name, and a resolved and an open ticket of theirs.
struct Cast {
    customer: Person,
    agent: Person,
    tickets: [String; 2],
}

fn gather(desk: &Desk) -> Cast {
    desk.department("Technical Support", 1, &["technical"]);
    let agent = desk.hire("Lou", "Technical Support", 1);
    let token = Token::new(&subject(9), "customer").claim("name", "Zoraida Quillfeather");
    let token = token.claim("email", "zoraida@private.example").claim("phone", "+44 20 7946 0018");
    let customer = desk.person(&subject(9), &token);
    let open = |subject: &str| {
        let body = json!({ "subject": subject, "description": "My passport is lost." });
        text(&customer.post("/support/tickets", &with(request("technical"), body)).is(201)["id"])
    };
    let tickets = [open("Quillfeather's card"), open("Another matter")];
    desk.assign(&tickets[0], &agent);
    let messages = format!("/support/tickets/{}/messages", tickets[0]);
    customer.post(&messages, &json!({ "message": "It was blue." })).is(201);
    agent.post(&messages, &json!({ "message": "Dear Zoraida, wait." })).is(201);
    desk.resolve(&agent, &tickets[0]);
    Cast { customer, agent, tickets }
}

fn export(desk: &Desk, customer: &Person) -> Value {
    desk.admin().get(&format!("/support/customers/{}/export", customer.id)).is(200)
}

fn erase(desk: &Desk, customer: &Person) {
    let path = format!("/support/customers/{}", customer.id);
    let answer = desk.admin().send("DELETE", &path, |request| request);
    assert_eq!(answer.status, 204, "{answer:?}");
}

for_each_database!(all_that_is_held_on_a_customer_is_given_out, |desk: &mut Desk| {
    let Cast { customer, tickets, .. } = gather(desk);
    // Somebody else's matters are not among it.
    desk.open(&desk.customer(1), "technical");
    let export = export(desk, &customer);
    let told = &export["customer"];
    assert_eq!(
        [&told["id"], &told["name"], &told["email"], &told["phone"]],
        [&customer.id, "Zoraida Quillfeather", "zoraida@private.example", "+44 20 7946 0018"]
    );
    let exported = export["tickets"].as_array().unwrap();
    let ids: Vec<&Value> = exported.iter().map(|one| &one["ticket"]["id"]).collect();
    assert_eq!(ids, [&tickets[0], &tickets[1]], "oldest first");
    let texts = each(exported[0]["messages"].as_array().unwrap(), "message");
    assert!(["It was blue.", "Dear Zoraida, wait."].iter().all(|said| texts.contains(&(*said).to_owned())));
    for one in exported {
        let actions = each(one["history"].as_array().unwrap(), "action");
        assert_eq!(actions.first().map(String::as_str), Some("ticket_created"));
        assert_eq!(actions.last().map(String::as_str), Some("customer_exported"));
    }
    assert!(!export["notifications"].as_array().unwrap().is_empty());
});

for_each_database!(an_erased_customer_is_forgotten_and_their_tickets_stay, |desk: &mut Desk| {
    let Cast { customer, agent, tickets } = gather(desk);
    let other = desk.open(&desk.customer(1), "technical");
    let admin = desk.admin();
    let figures = || {
        let stats = admin.get("/support/tickets/stats").is(200);
        ["total", "byStatus", "byCategory", "firstResponse", "resolution"].map(|member| stats[member].clone())
    };
    let before = figures();
    erase(desk, &customer);
    for id in &tickets {
        let ticket = desk.ticket(id);
        assert_eq!(
            [&ticket["customerName"], &ticket["customerEmail"], &ticket["customerPhone"], &ticket["subject"]],
            ["Erased customer", "", "", "[erased]"]
        );
        assert_eq!(ticket["description"], "[erased]");
        assert_eq!(desk.actions(id).last().map(String::as_str), Some("customer_erased"));
        let verified = admin.get(&format!("/support/tickets/{id}/history/verify")).is(200);
        assert_eq!(verified["ok"], true, "{verified}");
    }
    let everything =
        format!("{}{:?}{:?}", desk.everything(), desk.messages(&tickets[0]), desk.history(&tickets[0]));
    for personal in ["Zoraida", "Quillfeather", "private.example", "7946 0018", "passport", "blue"] {
        assert!(!everything.contains(personal), "{personal} in {everything}");
    }
    assert!(desk.messages(&tickets[0]).iter().all(|message| message["message"] == "[erased]"));
    assert_eq!(admin.items("/support/tickets?q=quillfeather"), [Value::Null; 0]);
    assert_ne!(desk.ticket(&other)["description"], "[erased]", "others' tickets are as they were");
    assert_eq!(figures(), before, "statistics stay");
    assert_eq!(run(desk.server.command(&["audit", "verify"]), "").code, Some(0));
    // Work goes on: the ticket is closed, and what is written later can be read.
    let path = format!("/support/tickets/{}", tickets[0]);
    agent.post(&format!("{path}/messages"), &json!({ "message": "We close this." })).is(201);
    agent.patch(&path, &json!({ "status": "closed" })).is(200);
    let last = desk.messages(&tickets[0]);
    assert!(each(&last, "message").contains(&"We close this.".to_owned()), "{last:?}");
    // What is left of the export tells nothing, and erasing again does no harm.
    erase(desk, &customer);
    assert!(!export(desk, &customer).to_string().contains("Zoraida"));
    assert_eq!(run(desk.server.command(&["audit", "verify"]), "").code, Some(0));
});

for_each_database!(staff_and_strangers_are_no_customers, |desk: &mut Desk| {
    let Cast { agent, .. } = gather(desk);
    let admin = desk.admin();
    for id in [agent.id.as_str(), &subject(4_711), "nobody"] {
        admin.get(&format!("/support/customers/{id}/export")).refused(404, "not_found");
        let path = format!("/support/customers/{id}");
        admin.send("DELETE", &path, |request| request).refused(404, "not_found");
    }
    assert_eq!(admin.get(&format!("/support/agents/{}", agent.id)).is(200)["name"], "Lou");
});

for_each_database!(the_key_of_an_erased_customer_is_nowhere, |desk: &mut Desk| {
    let Cast { customer, .. } = gather(desk);
    let owner = customer.id.replace('-', "");
    let owner = if desk.postgres.is_some() { format!("'{owner}'") } else { format!("x'{owner}'") };
    let sealed =
        || desk.query(&format!("SELECT {} FROM data_keys WHERE owner_id = {owner}", desk.hex("sealed")));
    let before = sealed();
    erase(desk, &customer);
    let after = sealed();
    assert!(before != after && before.len() == after.len() && before.len() > 100, "{before} {after}");
    let (before, after) = (bytes(&before), bytes(&after));
    // PostgreSQL keeps dead rows until its next vacuum; what this shows of SQLite holds with the service
    // running.
    if desk.postgres.is_none() {
        let directory = desk.server.data_directory();
        let files = ["support.db", "support.db-wal"]
            .map(|name| std::fs::read(directory.join(name)).unwrap())
            .concat();
        let is_there = |key: &[u8]| files.windows(key.len()).any(|window| window == key);
        assert!(is_there(&after), "the new key is there");
        assert!(!is_there(&before), "the old key is there");
    }
});

fn bytes(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}
