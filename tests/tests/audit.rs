//! Whoever may write into the database past the server can change a history, but not unseen.
#![cfg(test)]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use support_tests::program::{Ended, run};
use support_tests::{Answer, Backend, Desk, for_each_database, text};

/// Copies of what is tampered with, to put it back.
const SAVE: &str = "CREATE TABLE saved_entries AS SELECT * FROM ticket_history;
    CREATE TABLE saved_tickets AS SELECT * FROM tickets;";
const RESTORE: &str = "DELETE FROM ticket_history;
    UPDATE tickets SET
        history_sequence = (SELECT s.history_sequence FROM saved_tickets AS s WHERE s.id = tickets.id),
        history_hash = (SELECT s.history_hash FROM saved_tickets AS s WHERE s.id = tickets.id);
    INSERT INTO ticket_history SELECT * FROM saved_entries;";

/// What is done to a ticket with four entries, and what is then said of which one. `$T` stands for the
/// ticket's id.
const TAMPERINGS: &[(&str, u64, &str)] = &[
    ("UPDATE ticket_history SET content = hash WHERE ticket_id = $T AND sequence = 2", 2, "changed"),
    (
        "UPDATE ticket_history SET performed_by_name = 'Somebody Else' WHERE ticket_id = $T AND sequence = 4",
        4,
        "changed",
    ),
    ("DELETE FROM ticket_history WHERE ticket_id = $T AND sequence = 1", 1, "missing"),
    ("DELETE FROM ticket_history WHERE ticket_id = $T AND sequence = 3", 3, "missing"),
    (
        "UPDATE ticket_history SET sequence = 105 - sequence WHERE ticket_id = $T AND sequence IN (2, 3);
         UPDATE ticket_history SET sequence = sequence - 100 WHERE ticket_id = $T AND sequence > 100",
        2,
        "wrong-order",
    ),
    ("DELETE FROM ticket_history WHERE ticket_id = $T AND sequence > 2", 3, "truncated"),
    ("UPDATE tickets SET history_sequence = 3 WHERE id = $T", 4, "beyond-head"),
    ("UPDATE tickets SET history_hash = $ZEROS WHERE id = $T", 4, "head-changed"),
];

/// Cuts a ticket's last entry off and has the ticket forget it: nothing in the database is left to tell of
/// it.
const CUT: &str = "DELETE FROM ticket_history WHERE ticket_id = $T AND sequence = 4;
    UPDATE tickets SET history_sequence = 3, history_hash =
        (SELECT hash FROM ticket_history WHERE ticket_id = $T AND sequence = 3) WHERE id = $T;";

/// A desk whose database somebody else writes into.
struct Vandal<'a>(&'a Desk);

impl Vandal<'_> {
    /// Runs statements with the database's own tools; `$T` stands for the id of `ticket`.
    fn sql(&self, ticket: &str, statements: &str) {
        let hex = ticket.replace('-', "");
        let statements = match &self.0.postgres {
            None => statements.replace("$T", &format!("x'{hex}'")).replace("$ZEROS", "zeroblob(32)"),
            Some(_) => statements
                .replace("$T", &format!("'{ticket}'"))
                .replace("$ZEROS", "decode(repeat('00', 32), 'hex')"),
        };
        if let Some(database) = &self.0.postgres {
            database.sql(&statements).unwrap();
            return;
        }
        let mut python = Command::new("python3");
        let script = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.stdin.read())";
        python.args(["-c", script]).arg(self.0.server.data_directory().join("support.db"));
        let ended = run(python, &statements);
        assert_eq!(ended.code, Some(0), "{statements}: {ended:?}");
    }

    fn drop_triggers(&self) {
        let statements = match self.0.postgres {
            None => {
                "DROP TRIGGER ticket_history_no_update; DROP TRIGGER ticket_history_no_delete;
                 DROP TRIGGER ticket_history_no_replace;"
            }
            Some(_) => {
                "DROP TRIGGER ticket_history_no_change ON ticket_history;
                 DROP TRIGGER ticket_history_no_truncate ON ticket_history;"
            }
        };
        self.sql("", statements);
    }

    /// Deletes what there is of a ticket, as far as references to it matter.
    fn delete_ticket(&self, ticket: &str) {
        let unchecked = match self.0.postgres {
            None => "PRAGMA foreign_keys = OFF;",
            Some(_) => "SET session_replication_role = replica;",
        };
        let delete = "DELETE FROM ticket_history WHERE ticket_id = $T; DELETE FROM tickets WHERE id = $T;";
        self.sql(ticket, &format!("{unchecked} {delete}"));
    }
}

/// A ticket whose history has four entries: its id and its number.
fn worked_on(desk: &Desk) -> (String, String) {
    let agent = desk.hire_with("Hana", "Technical Support", 1, json!({}));
    let id = desk.open(&desk.customer(1), "technical");
    desk.assign(&id, &agent);
    let ticket = desk.resolve(&agent, &id);
    assert_eq!(desk.history(&id).len(), 4);
    (id, text(&ticket["ticketNumber"]))
}

fn audit(desk: &Desk, arguments: &[&str]) -> Ended {
    run(desk.server.command(&[&["audit"], arguments].concat()), "")
}

/// Checks what is said of one broken history, and that it is all that is said.
#[track_caller]
fn assert_named(ended: &Ended, number: &str, id: &str, what: &[&str]) {
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let lines: Vec<&str> = ended.stdout.lines().collect();
    let [line, closing] = lines.as_slice() else { panic!("a line and a closing line: {ended:?}") };
    assert!(line.starts_with(&format!("{number} ({id}): ")), "{ended:?}");
    assert!(what.iter().all(|what| line.contains(what)), "{what:?}: {ended:?}");
    assert!(closing.ends_with(": 1 history is broken"), "{ended:?}");
}

#[track_caller]
fn assert_whole(ended: &Ended) {
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.trim_end().ends_with(": no history is broken"), "{ended:?}");
    assert_eq!(ended.stdout.lines().count(), 1, "{ended:?}");
}

for_each_database!(tampering_is_found_where_it_was_done, |desk: &mut Desk| {
    desk.department("Technical Support", 1, &["technical"]);
    let other = desk.open(&desk.customer(2), "technical");
    let (id, number) = worked_on(desk);
    let verified = |id: &str| desk.admin().get(&format!("/support/tickets/{id}/history/verify")).is(200);
    let vandal = Vandal(desk);
    vandal.drop_triggers();
    vandal.sql("", SAVE);
    // The server runs on meanwhile.
    assert_whole(&audit(desk, &["verify"]));
    for (statements, sequence, problem) in TAMPERINGS {
        vandal.sql(&id, statements);
        let named = [format!("entry {sequence} is wrong: "), format!("({problem})")];
        assert_named(&audit(desk, &["verify"]), &number, &id, &named.each_ref().map(String::as_str));
        let expected = json!({
            "ticketId": id, "ok": false, "entries": verified(&id)["entries"],
            "break": { "sequence": sequence, "problem": problem },
        });
        assert_eq!(verified(&id), expected, "{statements}");
        assert_eq!(verified(&other)["ok"], true, "{statements}");
        vandal.sql(&id, RESTORE);
        assert_eq!(verified(&number), json!({ "ticketId": id, "ok": true, "entries": 4 }));
    }
    assert_whole(&audit(desk, &["verify"]));
});

for_each_database!(a_checkpoint_shows_what_is_gone, |desk: &mut Desk| {
    desk.department("Technical Support", 1, &["technical"]);
    let doomed = desk.open(&desk.customer(2), "technical");
    let doomed_number = text(&desk.ticket(&doomed)["ticketNumber"]);
    let (id, number) = worked_on(desk);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("checkpoint.json");
    let file = path.to_str().unwrap();
    let written = audit(desk, &["checkpoint", "--out", file]);
    assert_eq!(written.code, Some(0), "{written:?}");

    // It holds while histories grow and tickets come.
    desk.customer(1).patch(&format!("/support/tickets/{id}"), &json!({ "status": "in-progress" })).is(200);
    desk.open(&desk.customer(3), "technical");
    assert_whole(&audit(desk, &["verify", "--checkpoint", file]));

    let vandal = Vandal(desk);
    vandal.drop_triggers();
    // The reopening goes first: it came after the checkpoint, which cannot know of it.
    vandal.sql(&id, "DELETE FROM ticket_history WHERE ticket_id = $T AND sequence = 5;");
    vandal.sql(&id, CUT);
    assert_whole(&audit(desk, &["verify"]));
    let against = audit(desk, &["verify", "--checkpoint", file]);
    assert_named(&against, &number, &id, &["entry 4 is wrong: ", "(truncated)"]);

    vandal.delete_ticket(&doomed);
    assert_whole(&audit(desk, &["verify"]));
    let both = audit(desk, &["verify", "--checkpoint", file]);
    assert_eq!(both.code, Some(1), "{both:?}");
    let line = format!("{doomed_number} ({doomed}): it is gone");
    assert!(both.stdout.contains(&line) && both.stdout.contains("2 histories are broken"), "{both:?}");
});

for_each_database!(a_checkpoint_is_signed, |desk: &mut Desk| {
    desk.department("Technical Support", 1, &["technical"]);
    let (id, _) = worked_on(desk);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("checkpoint.json");
    let file = path.to_str().unwrap();
    let key = audit(desk, &["checkpoint", "--public-key", "--out", file]).stdout;
    let key = key.lines().next().unwrap();
    assert_eq!(audit(desk, &["checkpoint", "--public-key"]).stdout.trim_end(), key);

    // Whoever has the public key needs no other.
    let elsewhere = |arguments: &[&str]| {
        let mut command =
            desk.server.command(&[&["audit", "verify", "--checkpoint", file], arguments].concat());
        command.env("SUPPORT_MASTER_KEY", "YW5vdGhlciBtYXN0ZXIga2V5LCAzMiBieXRlcyBsb24=");
        run(command, "")
    };
    assert_whole(&elsewhere(&["--public-key", key]));
    let refused = elsewhere(&[]);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{refused:?}");
    assert!(refused.stderr.contains("the signature does not hold"), "{refused:?}");

    let document: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!((&document["tickets"], &document["publicKey"]), (&json!(1), &json!(key)));
    let last = desk.history(&id).pop().unwrap();
    assert_eq!(document["heads"][0]["hash"], last["hash"], "{document}");
    openssl_agrees(directory.path(), &document, key);

    // A checkpoint that was adapted to what was done is worth nothing.
    let adapted = fs::read_to_string(&path).unwrap().replace("\"sequence\": 4", "\"sequence\": 3");
    fs::write(&path, adapted).unwrap();
    let refused = audit(desk, &["verify", "--checkpoint", file]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("the signature does not hold"), "{refused:?}");

    // What is broken is not signed.
    let vandal = Vandal(desk);
    vandal.drop_triggers();
    vandal.sql(&id, "DELETE FROM ticket_history WHERE ticket_id = $T AND sequence = 2");
    let fresh = directory.path().join("fresh.json");
    let refused = audit(desk, &["checkpoint", "--out", fresh.to_str().unwrap()]);
    assert_eq!((refused.code, fresh.exists()), (Some(1), false), "{refused:?}");
});

/// Checks the signature with another program, over the text that the documentation describes.
fn openssl_agrees(directory: &Path, document: &Value, key: &str) {
    let head = ["ticketId", "ticketNumber", "sequence", "hash"].map(|name| text(&document["heads"][0][name]));
    let created = text(&document["createdAt"]);
    let signed = format!("support-checkpoint-v1\n{created}\n1\n{}\n", head.join(" "));
    fs::write(directory.join("signed"), signed).unwrap();
    fs::write(
        directory.join("key.pem"),
        format!("-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----\n"),
    )
    .unwrap();
    let script = "printf %s \"$1\" | openssl base64 -d -A > signature && \
                  openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in signed -sigfile signature";
    let mut shell = Command::new("sh");
    shell.args(["-c", script, "sh", &text(&document["signature"])]).current_dir(directory);
    let ended = run(shell, "");
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[test]
fn a_database_that_is_not_there_is_not_whole() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let path = desk.server.data_directory().join("mistyped.db");
    let mut command = desk.server.command(&["audit", "verify"]);
    command.env("SUPPORT_DATABASE_URL", format!("sqlite://{}", path.display()));
    let ended = run(command, "");
    assert_eq!((ended.code, path.exists()), (Some(2), false), "{ended:?}");
}
