//! What is kept of a file can be read by the service alone, and what is changed of it is damage.

use std::fs;

use serde_json::json;
use support_tests::{Answer, Desk, for_each_database};

use crate::form::{File, uploaded};
use crate::scene::{Scene, stored};

const TEXT: &str = "My name is Zoraida Quillfeather. ";

/// A text of more than a chunk.
fn letter() -> Vec<u8> {
    TEXT.repeat(4_000).into_bytes()
}

const fn text<'a>(name: &'a str, bytes: &'a [u8]) -> File<'a> {
    File { name, claimed: "text/plain", bytes }
}

for_each_database!(bytes_and_names_are_sealed_and_damage_shows, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    let bytes = letter();
    let first = uploaded(&scene.ann, &scene.ticket, text("quillfeather-one.txt", &bytes));
    let second = uploaded(&scene.ann, &scene.ticket, text("quillfeather-two.txt", &bytes));
    let url = |file: &serde_json::Value| file["url"].as_str().unwrap().to_owned();
    let kept = stored(desk, "attachments/objects");
    assert_eq!(kept.len(), 2);
    for path in &kept {
        let bytes = fs::read(path).unwrap();
        assert!(!bytes.windows(12).any(|window| window == b"Quillfeather"), "{path:?}");
    }
    let rows = desk.query(&format!("SELECT {} FROM attachments", desk.hex("content")));
    // "quillfeather" in hexadecimal.
    let name = "7175696c6c66656174686572";
    assert_eq!(rows.lines().count(), 2);
    assert!(!rows.contains(name));

    // The two are exchanged, cut and changed by whoever may write into the directory.
    let id = first["id"].as_str().unwrap();
    let (mine, other) = kept.iter().partition::<Vec<_>, _>(|path| path.ends_with(id));
    let (mine, other) = (mine[0], other[0]);
    let sound = fs::read(mine).unwrap();
    let mut changed = sound.clone();
    changed[100] ^= 1;
    for damaged in [fs::read(other).unwrap(), sound[..sound.len() - 1].to_vec(), changed] {
        fs::write(mine, damaged).unwrap();
        scene.ann.get(&url(&first)).refused(500, "internal_error");
        assert_eq!(scene.ann.get(&url(&second)).body, bytes, "the other is whole");
    }
    // Where an answer has begun, the connection ends before the file would.
    let mut changed = sound.clone();
    *changed.last_mut().unwrap() ^= 1;
    fs::write(mine, changed).unwrap();
    assert!(scene.ann.http.get(&url(&first)).is_err_and(|error| !error.to_string().is_empty()));
    fs::write(mine, sound).unwrap();
    assert_eq!(scene.ann.get(&url(&first)).body, bytes);
});

for_each_database!(files_of_an_erased_customer_are_gone, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    let file = uploaded(&scene.ann, &scene.ticket, text("one.txt", &letter()));
    let messages = format!("/support/tickets/{}/messages", scene.ticket);
    scene.ann.post(&messages, &json!({ "message": "Here.", "attachments": [file["id"]] })).is(201);
    let erased =
        desk.admin().send("DELETE", &format!("/support/customers/{}", scene.ann.id), |request| request);
    assert_eq!(erased.status, 204);
    desk.admin().get(file["url"].as_str().unwrap()).refused(404, "not_found");
    assert_eq!(desk.messages(&scene.ticket).last().unwrap()["attachments"], json!([]));
    assert_eq!(desk.query("SELECT count(*) FROM attachments"), "0");
});
