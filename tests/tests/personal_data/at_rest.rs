//! No copy of the database, and no log, shows a customer's name, e-mail address or telephone number.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use support_tests::program::run;
use support_tests::{Answer, Backend, Desk, Person, Token, for_each_database, request, subject, text, with};

/// What is personal of the customers of all tickets.
fn personal(tickets: &[Value]) -> BTreeSet<String> {
    let of_ticket = |ticket: &Value| {
        ["customerName", "customerEmail", "customerPhone"].map(|member| text(&ticket[member]))
    };
    let all: BTreeSet<String> = tickets.iter().flat_map(of_ticket).filter(|text| !text.is_empty()).collect();
    // Telephone numbers are looked for without their spaces as well.
    let digits = all.iter().map(|text| text.replace(' ', "")).filter(|text| text.starts_with('+'));
    all.iter().cloned().chain(digits).collect()
}

/// All tickets of the desk.
fn tickets(admin: &Person) -> Vec<Value> {
    let (mut all, mut address) = (Vec::new(), "/support/tickets?limit=200".to_owned());
    loop {
        let page = admin.get(&address).is(200);
        all.extend(support_tests::items(&page));
        match page["nextCursor"].as_str() {
            Some(cursor) => address = format!("/support/tickets?limit=200&cursor={cursor}"),
            None => return all,
        }
    }
}

/// A customer who says their name wherever they can, and repeats their request.
fn zoraida(desk: &Desk) {
    let token = Token::new(&subject(9), "customer").claim("name", "Zoraida Quillfeather");
    let token = token.claim("email", "zoraida@private.example").claim("phone", "+44 20 7946 0018");
    let zoraida = desk.person(&subject(9), &token);
    let body = with(request("technical"), json!({ "description": "I am Zoraida Quillfeather." }));
    let create = || {
        zoraida.send("POST", "/support/tickets", |request| {
            request.header("Idempotency-Key", "zoraida@private.example").json(&body)
        })
    };
    let id = text(&create().is(201)["id"]);
    let path = format!("/support/tickets/{id}");
    let say = json!({ "message": "Zoraida Quillfeather here, call +44 20 7946 0018." });
    zoraida.post(&format!("{path}/messages"), &say).is(201);
    let notice = json!({ "to": "customer", "message": "Dear Zoraida Quillfeather, we look into it." });
    desk.admin().post(&format!("{path}/notify"), &notice).is(202);
    assert!((200..300).contains(&create().status));
}

/// Every byte of the database: its files, or what `pg_dump` writes, with bytes as they are and not as digits.
fn copy(desk: &Desk) -> Vec<u8> {
    let Some(database) = &desk.postgres else { return files(&desk.server.data_directory()) };
    // Into a file: what it would print is more than a pipe holds.
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("dump.sql");
    let mut dump = Command::new(pg_dump());
    dump.args(["--inserts", "--file"]).arg(&file).arg("--dbname").arg(database.url());
    let ended = run(dump, "");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let text = fs::read_to_string(&file).unwrap();
    let bytes = text.split("'\\x").skip(1).flat_map(|rest| unhex(rest.split('\'').next().unwrap_or("")));
    text.bytes().chain(bytes).collect()
}

fn unhex(digits: &str) -> Vec<u8> {
    let digit = |at: usize| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    (0..digits.len()).step_by(2).filter_map(digit).collect()
}

fn pg_dump() -> std::path::PathBuf {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest =
        installed.map(|version| version.path().join("bin/pg_dump")).filter(|path| path.exists()).max();
    newest.unwrap_or_else(|| "pg_dump".into())
}

/// The bytes of all files in a directory and those below it.
fn files(directory: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        all.extend(if path.is_dir() { files(&path) } else { fs::read(path).unwrap() });
    }
    all
}

/// The log, without the lines that tell the operator how to log in to the demo.
fn log(desk: &Desk) -> String {
    let log = desk.server.log();
    let logins = log.lines().filter(|line| line.trim_start().starts_with("customer")).count();
    assert_eq!(logins, 1, "one login for customers");
    let lines = log.lines().filter(|line| !line.trim_start().starts_with("customer"));
    lines.map(|line| line.to_owned() + "\n").collect()
}

/// Those of `wanted` that are in `bytes`, in any case of their ASCII letters. Found by `grep`, since the
/// bytes are many.
fn found(wanted: &BTreeSet<String>, bytes: &[u8]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let (patterns, content) = (directory.path().join("patterns"), directory.path().join("content"));
    fs::write(&patterns, wanted.iter().map(|text| text.clone() + "\n").collect::<String>()).unwrap();
    fs::write(&content, bytes).unwrap();
    let mut grep = Command::new("grep");
    grep.env("LC_ALL", "C").args(["--text", "--ignore-case", "--only-matching", "--fixed-strings", "--file"]);
    grep.arg(&patterns).arg(&content);
    let ended = run(grep, "");
    assert!(matches!(ended.code, Some(0 | 1)), "{ended:?}");
    ended.stdout
}

for_each_database!(
    no_copy_and_no_log_shows_who_the_customers_are,
    |desk: &mut Desk| {
        zoraida(desk);
        let all = tickets(&desk.admin());
        let mut wanted = personal(&all);
        assert!(wanted.len() > 50, "the demo has many customers: {wanted:?}");
        // While the service runs, the log of the database is there as well.
        let running = copy(desk);
        desk.server.stop().unwrap();
        let stopped = copy(desk);
        let log = log(desk);
        wanted.extend(["Zoraida", "Quillfeather", "private.example", "7946 0018"].map(str::to_owned));
        assert_eq!(found(&wanted, &running), "", "in the running database");
        assert_eq!(found(&wanted, &stopped), "", "in the database");
        assert_eq!(found(&wanted, log.as_bytes()), "", "in the log");
        // These are the right places to look.
        let subject = BTreeSet::from([text(&all[0]["subject"])]);
        assert!(
            !found(&subject, &running).is_empty() && !found(&subject, &stopped).is_empty(),
            "{subject:?}"
        );
        assert!(log.contains("/support/tickets"), "{log}");
    },
    |builder| builder.argument("--demo").env("SUPPORT_LOG", "debug")
);

#[test]
fn a_wrong_master_key_is_refused_at_the_start() {
    let mut desk = Desk::start(Backend::Sqlite).unwrap();
    desk.department("Technical Support", 1, &["technical"]);
    desk.server.stop().unwrap();
    for arguments in [&["serve"][..], &["keys", "rotate"]] {
        let mut command = desk.server.command(arguments);
        command.env("SUPPORT_MASTER_KEY", "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=");
        let ended = run(command, "");
        assert_eq!(ended.code, Some(2), "{arguments:?}: {ended:?}");
        assert!(ended.stderr.contains("master key"), "{arguments:?}: {ended:?}");
        assert_eq!(ended.stderr.trim().lines().count(), 1, "one line: {ended:?}");
    }
    // Whether histories were tampered with can be told without it.
    let mut audit = desk.server.command(&["audit", "verify"]);
    audit.env("SUPPORT_MASTER_KEY", "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=");
    assert_eq!(run(audit, "").code, Some(0));
    desk.server.start().unwrap();
}
