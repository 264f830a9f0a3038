//! Each command at a small scale, against the server that cargo has built beside it.
#![cfg(test)]

use std::path::Path;
use std::process::Command;

/// Runs a command to its end, which must be a success, and returns the lines that it printed.
fn bench(arguments: &[&str]) -> Vec<String> {
    let program = Path::new(env!("CARGO_BIN_EXE_support-bench"));
    let server = program.with_file_name("support-server");
    assert!(server.is_file(), "build it with `cargo build -p support-server`");
    let output = Command::new(program).args(arguments).arg("--server").arg(server).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    printed.lines().map(str::to_owned).collect()
}

/// Whether there is a row of this name with so many figures.
fn has_row(lines: &[String], name: &str, figures: usize) -> bool {
    let row = lines.iter().find_map(|line| line.strip_prefix(name));
    let cells = row.map(|row| row.split("   ").filter(|cell| !cell.trim().is_empty()));
    let numbers =
        cells.map(|cells| cells.filter(|cell| cell.contains(|char: char| char.is_ascii_digit())).count());
    numbers == Some(figures)
}

#[test]
fn idle_connections_are_measured_at_every_transport() {
    let lines = bench(&["idle", "--connections", "30", "--warm-up", "10", "--runs", "1"]);
    for transport in ["plain ", "socketio ", "polling ", "actix-ws "] {
        assert!(has_row(&lines, transport, 7), "{lines:#?}");
    }
}

#[test]
fn a_room_is_measured_at_every_transport() {
    let lines = bench(&["fanout", "--members", "20", "--messages", "20", "--window", "5", "--runs", "2"]);
    let frames = lines.iter().filter(|line| line.starts_with("full window: frames a second"));
    assert_eq!(frames.count(), 3, "{lines:#?}");
    assert!(has_row(&lines, "full window: frames a second", 5), "{lines:#?}");
}

#[test]
fn messages_are_measured_over_every_way() {
    let lines = bench(&["messages", "--clients", "3", "--messages", "5", "--rounds", "2", "--runs", "2"]);
    for way in ["HTTP ", "plain ", "socketio "] {
        assert!(has_row(&lines, way, 5), "{lines:#?}");
    }
}

#[test]
fn guessed_passwords_are_measured_and_the_right_one_is_heard() {
    let lines = bench(&["logins", "--seconds", "2", "--clients", "1", "--runs", "1"]);
    for part in ["quiet ", "from one address ", "from a hundred "] {
        assert!(has_row(&lines, part, 8), "{lines:#?}");
    }
}

#[test]
fn clients_that_do_not_do_their_part_are_measured() {
    let load = ["--connections", "3", "--mebibytes", "1", "--members", "3", "--messages", "5"];
    let lines =
        bench(&[&["hostile", "--patience", "120", "--watch", "0", "--runs", "2"], &load[..]].concat());
    assert!(has_row(&lines, "endless frames: KiB sent by each", 3), "{lines:#?}");
    assert!(has_row(&lines, "silent member: messages that the others got", 3), "{lines:#?}");
    let all = lines.iter().any(|line| {
        line.strip_prefix("silent member: messages that the others got")
            .is_some_and(|row| row.split_whitespace().eq(["5.00", "5.00", "1.00"]))
    });
    assert!(all, "{lines:#?}");
}

#[test]
fn a_server_that_is_not_there_is_said_to_be_missing() {
    let program = env!("CARGO_BIN_EXE_support-bench");
    let output = Command::new(program).args(["idle", "--server", "nowhere"]).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("nowhere is not there"), "{output:?}");
}
