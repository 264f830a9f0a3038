//! Attachments in S3-compatible storage: a server of its own, which knows one access key.

use std::fs;
use std::path::Path;

use serde_json::json;
use support_tests::script::{Dialogue, node};
use support_tests::testkit::files;
use support_tests::{Answer, Backend, Desk};

use crate::form::{png, upload, uploaded};
use crate::memory::{MIB, Memory};
use crate::scene::{Scene, stored};

/// The access key that the storage knows, and its secret.
const KEY: &str = "S3RVER";

/// The paths of all files below a directory.
fn below(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() { found.extend(below(&entry)) } else { found.push(entry.display().to_string()) }
    }
    found
}

fn desk(port: u64, key: &str) -> Desk {
    let settings = [
        ("SUPPORT_ATTACHMENTS_URL", "s3://files/desk/one"),
        ("AWS_ENDPOINT_URL", &format!("http://127.0.0.1:{port}")),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", key),
        ("AWS_SECRET_ACCESS_KEY", KEY),
    ];
    let with = |builder| {
        settings.into_iter().fold(builder, |builder: support_tests::testkit::ServerBuilder, (name, value)| {
            builder.env(name, value)
        })
    };
    Desk::start_with(Backend::Sqlite, with).unwrap()
}

#[test]
fn files_are_kept_in_a_bucket() {
    let directory = tempfile::tempdir().unwrap();
    let mut storage = Dialogue::start(node("s3.mjs", [directory.path()]));
    let port = storage.hear().unwrap().1["port"].as_u64().unwrap();
    let desk = desk(port, KEY);
    let scene = Scene::set(&desk);
    let bytes = files::png_of(10_000_000);
    uploaded(&scene.ann, &scene.ticket, png("small.png", &files::png(b"")));
    let memory = Memory::of(&desk);
    let file = uploaded(&scene.ann, &scene.ticket, png("größe.png", &bytes));
    let url = file["url"].as_str().unwrap();
    assert!(scene.lou.get(url).body == bytes, "it comes back as it was");
    // Far less than the file; most of it is what the client of the storage reads ahead.
    memory.stays_within(6 * MIB);
    scene.bob.get(url).refused(404, "not_found");
    let body = json!({ "message": "see here", "attachments": [file["id"]] });
    scene.ann.post(&format!("/support/tickets/{}/messages", scene.ticket), &body).is(201);

    let object = format!("desk/one/objects/{}", file["id"].as_str().unwrap());
    let kept = below(directory.path());
    assert!(kept.iter().any(|path| path.contains(&object)), "{kept:?}");
    assert_eq!(
        stored(&desk, "attachments").len() + stored(&desk, "incoming").len(),
        0,
        "nothing is kept here"
    );

    drop(storage);
    let answer = upload(&scene.ann, &scene.ticket, png("a.png", &files::png(b"")));
    answer.refused(503, "unavailable");
    answer.must_have("retry-after");
    scene.lou.get(url).refused(503, "unavailable");
}

#[test]
fn wrong_credentials_are_no_fault_of_the_caller() {
    let directory = tempfile::tempdir().unwrap();
    let mut storage = Dialogue::start(node("s3.mjs", [directory.path()]));
    let port = storage.hear().unwrap().1["port"].as_u64().unwrap();
    let desk = desk(port, "UNKNOWN");
    let scene = Scene::set(&desk);
    let refused =
        upload(&scene.ann, &scene.ticket, png("a.png", &files::png(b""))).refused(503, "unavailable");
    assert!(!refused.to_string().contains("UNKNOWN"), "{refused}");
    let log = desk.server.log();
    assert!(log.contains("403") && !log.contains("UNKNOWN") && !log.contains("X-Amz-"), "{log}");
}
