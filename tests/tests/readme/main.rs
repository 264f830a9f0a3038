//! README.md's "What you see", followed to the letter: its blocks are run as they stand there, in their
//! order. Only what the reader is told to replace is replaced.
#![cfg(test)]

mod guide;
mod terminal;

use std::collections::BTreeSet;

use serde_json::{Deserializer, Value, json};
use support_tests::load::wait_until;
use support_tests::script::node;
use support_tests::{Answer, Backend, Desk, each, text};

use self::guide::{Block, Guide, set_in};
use self::terminal::{Program, Terminal};

const CUSTOMER: &str = "aiko.tanabe@example.net";
const ADMIN: &str = "margaret.osei@example.com";

/// The blocks of the guide.
struct Blocks<'a> {
    printed_at_start: &'a str,
    log_in: &'a str,
    open: &'a str,
    upload: &'a str,
    chat: &'a str,
    page: &'a str,
    close: &'a str,
}

impl<'a> Blocks<'a> {
    /// All of them: a block that is added to the guide and not followed here makes the test fail.
    fn of(guide: &'a Guide) -> Self {
        let blocks = guide.blocks.iter().map(|Block { language, code }| (language.as_str(), code.as_str()));
        match blocks.collect::<Vec<_>>()[..] {
            [
                ("", printed_at_start),
                ("sh", log_in),
                ("sh", open),
                ("sh", upload),
                ("sh", chat),
                ("js", page),
                ("sh", close),
            ] => Self { printed_at_start, log_in, open, upload, chat, page, close },
            ref other => panic!("this test follows other blocks than {other:#?}"),
        }
    }
}

/// A demo as `make run` starts it, and what the reader has read off its start.
struct Demo {
    desk: Desk,
    url: String,
    password: String,
}

impl Demo {
    fn start(origin: &str) -> Self {
        let desk = Desk::start_with(Backend::Sqlite, |builder| {
            builder.argument("--demo").env("SUPPORT_RATE_LIMITS", "on").env("SUPPORT_CORS_ORIGINS", origin)
        });
        let desk = desk.unwrap();
        wait_until("all of the announcement", || desk.server.log().contains("/docs\n")).unwrap();
        let log = desk.server.log();
        let word_after =
            |prefix| log.split_once(prefix).unwrap().1.split_whitespace().next().unwrap().to_owned();
        Self { url: word_after("listening on "), password: word_after("all with the password "), desk }
    }

    /// The messages of a ticket as the page shows them.
    fn conversation(&self, ticket: &str) -> Vec<String> {
        let messages = self.desk.messages(ticket);
        messages
            .iter()
            .map(|message| format!("{}: {}", text(&message["senderName"]), text(&message["message"])))
            .collect()
    }
}

/// The JSON values that a block printed.
#[track_caller]
fn answers<const N: usize>(printed: &str) -> [Value; N] {
    let values: Result<Vec<Value>, _> = Deserializer::from_str(printed).into_iter().collect();
    let values = values.unwrap_or_else(|error| panic!("{error}: {printed}"));
    values.try_into().unwrap_or_else(|values| panic!("{N} answers were expected: {values:#?}"))
}

#[test]
fn the_example_works_and_works_again() {
    let guide = Guide::read();
    let blocks = Blocks::of(&guide);
    let demo = Demo::start(guide.word_after("`SUPPORT_CORS_ORIGINS="));
    the_start_prints_what_is_shown(&demo, blocks.printed_at_start, blocks.log_in);
    let tickets = [(); 2].map(|()| follow(&demo, &guide, &blocks));
    assert_ne!(tickets[0], tickets[1], "each time it is another ticket");
}

fn the_start_prints_what_is_shown(demo: &Demo, shown: &str, log_in: &str) {
    let (url, password) = (set_in(log_in, "api"), set_in(log_in, "password"));
    assert!(shown.contains(url) && shown.contains(password), "the reader knows them again:\n{shown}");
    let printed = shown.replace(url, &demo.url).replace(password, &demo.password);
    let log = demo.desk.server.log();
    assert!(log.starts_with(&printed), "{printed}\n{log}");
}

/// Follows the example from its start to its end and returns the ticket's number.
fn follow(demo: &Demo, guide: &Guide, blocks: &Blocks) -> String {
    let mut terminal = Terminal::open();
    let log_in = put_in(demo, blocks.log_in);
    assert_eq!(terminal.run(&log_in), "");

    let [ticket, message] = answers(&terminal.run(blocks.open));
    assert_eq!(terminal.value("ticket"), text(&ticket["ticketNumber"]));
    assert_eq!(
        (&ticket["status"], &ticket["customerEmail"]),
        (&json!("in-progress"), &json!(CUSTOMER)),
        "{ticket}"
    );
    assert!(ticket["assignedToName"].is_string(), "{ticket}");
    assert_eq!((&message["senderType"], &message["ticketId"]), (&json!("agent"), &ticket["id"]), "{message}");

    let [message] = answers(&terminal.run(blocks.upload));
    assert_eq!(message["attachments"][0]["name"], "reader.txt", "{message}");
    let kept = demo.desk.admin().get(&text(&message["attachments"][0]["url"]));
    assert_eq!((kept.status, String::from_utf8(kept.body).unwrap().as_str()), (200, "E-17: no connection\n"));

    let number = text(&ticket["ticketNumber"]);
    two_talk(demo, guide, blocks, &mut terminal, &number);
    a_page_shows_it(demo, blocks.page, &mut terminal, &number);

    let [resolved, closed, history] = answers(&terminal.run(blocks.close));
    assert_eq!([&resolved["status"], &closed["status"]], ["resolved", "closed"], "{resolved} {closed}");
    let entries = support_tests::items(&history);
    let actions = each(&entries, "action");
    for action in ["ticket_created", "ticket_assigned", "message_sent", "ticket_resolved", "ticket_closed"] {
        assert!(actions.iter().any(|done| done == action), "no {action} in {actions:?}");
    }
    assert!(entries.windows(2).all(|two| two[1]["previousHash"] == two[0]["hash"]), "{history}");
    number
}

/// The block of the login with the address and the password in place of those that are shown.
fn put_in(demo: &Demo, block: &str) -> String {
    let line = |name: &str, value: &str| format!("{name}={value}\n");
    [("api", &demo.url), ("password", &demo.password)]
        .iter()
        .fold(block.to_owned(), |block, (name, value)| {
            block.replacen(&line(name, set_in(&block, name)), &line(name, value), 1)
        })
}

/// The customer chats in the terminal in which all else is done, and staff in another.
fn two_talk(demo: &Demo, guide: &Guide, blocks: &Blocks, terminal: &mut Terminal, number: &str) {
    assert!(blocks.chat.contains(CUSTOMER), "{}", blocks.chat);
    let mut other = Terminal::open();
    other.run(&format!("api={} password={} ticket={number}", demo.url, demo.password));
    let from_there = blocks.chat.replace(CUSTOMER, guide.word_after("join as `"));
    assert!(from_there.contains(ADMIN), "{from_there}");

    let customer = terminal.begin(blocks.chat);
    customer.until("Have you tried the other cable?");
    customer.until("It prints this.");
    let staff = other.begin(&from_there);
    staff.until("It prints this.");
    staff.type_line("Does it print it with both cables?");
    customer.until("Margaret Osei: Does it print it with both cables?");
    customer.type_line("With both.");
    for chat in [customer, staff] {
        chat.until("Aiko Tanabe: With both.");
        chat.type_line(guide.word_after("is sent, and `"));
    }
    terminal.end();
    other.end();
    let stored = demo.conversation(number);
    assert_eq!(
        stored[stored.len() - 2..],
        ["Margaret Osei: Does it print it with both cables?", "Aiko Tanabe: With both."]
    );
}

/// The page's script shows what was said, and what is said while it is open.
/// Node.js finds the client where npm has put it.
fn a_page_shows_it(demo: &Demo, script: &str, terminal: &mut Terminal, number: &str) {
    let [api, token, ticket] = ["api", "customer", "ticket"].map(|variable| json!(terminal.value(variable)));
    let script = format!("const api = {api}, token = {token}, ticket = {ticket};\n{script}");
    let mut page = Program::start(node("--input-type=module", ["-e", &script]));
    let before = demo.conversation(number);
    assert_eq!(page.until(before.last().unwrap()), before);
    let body = json!({ "message": "A new reader is on its way." });
    demo.desk.admin().post(&format!("/support/tickets/{number}/messages"), &body).is(201);
    assert_eq!(page.until("on its way."), ["Ada Min: A new reader is on its way."]);
}

#[test]
fn a_page_of_the_origin_that_is_named_may_connect() {
    let origin = Guide::read().word_after("`SUPPORT_CORS_ORIGINS=").to_owned();
    let connect = |desk: &Desk| {
        desk.nobody()
            .send("GET", "/socket.io/?EIO=4&transport=polling", |request| request.header("Origin", &origin))
    };
    let told =
        Desk::start_with(Backend::Sqlite, |builder| builder.env("SUPPORT_CORS_ORIGINS", &origin)).unwrap();
    let answer = connect(&told);
    assert_eq!((answer.status, answer.must_have("access-control-allow-origin")), (200, origin.clone()));
    assert_eq!(connect(&Desk::start(Backend::Sqlite).unwrap()).status, 403);
}

#[test]
fn the_example_holds_on_any_day() {
    for Block { code, .. } in Guide::read().blocks {
        assert!(!code.contains("TKT-"), "the number of a ticket is another one next time:\n{code}");
        let mut numbers = code.split(|character: char| !character.is_ascii_digit());
        let year = numbers
            .find(|number| number.len() == 4 && (number.starts_with("19") || number.starts_with("20")));
        assert_eq!(year, None, "it is another year next time:\n{code}");
    }
}

#[test]
fn the_demo_is_as_large_as_is_said() {
    let said = "five departments, fifteen agents in three tiers, and 62 tickets in every state";
    assert!(Guide::read().text.contains(said));
    let demo = Demo::start("http://localhost");
    let admin = demo.desk.admin();
    let agents = admin.items("/support/agents");
    let tickets = admin.items("/support/tickets?limit=200");
    let different = |items: &[Value], member| each(items, member).into_iter().collect::<BTreeSet<_>>().len();
    assert_eq!(admin.items("/support/departments").len(), 5);
    assert_eq!((agents.len(), different(&agents, "tier")), (15, 3));
    assert_eq!((tickets.len(), different(&tickets, "status")), (62, 5));
}
