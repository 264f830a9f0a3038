//! Attachments: files that are uploaded, checked, kept, sent and served.
#![cfg(test)]

mod at_rest;
mod bounds;
mod clamd;
mod form;
#[path = "../live/memory.rs"]
mod memory;
mod refused;
mod s3;
mod scene;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use support_tests::live::Transport;
use support_tests::testkit::files;
use support_tests::{Answer, Desk, for_each_database, pointers};

use crate::form::{File, png, upload, uploaded};
use crate::scene::{Scene, stored};

const ABSENT: &str = "01900000-0000-7000-8000-0000ffffffff";

for_each_database!(a_file_is_kept_and_served_to_who_may_read_the_ticket, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    let bytes = files::png(b"a comment");
    let answer = upload(&scene.ann, &scene.ticket, png("Größe \u{202E}1.png", &bytes));
    let file = answer.is(201);
    let url = file["url"].as_str().unwrap();
    assert_eq!(answer.must_have("location"), url);
    let expected = json!({
        "id": file["id"], "url": format!("/support/tickets/{}/attachments/{}", scene.ticket, file["id"].as_str().unwrap()),
        "name": file["name"], "size": bytes.len(), "type": "image/png",
    });
    assert_eq!(file, expected);
    for person in [&scene.ann, &scene.lou, &desk.admin()] {
        let got = person.get(url);
        assert_eq!((got.status, &got.body), (200, &bytes));
        assert_eq!(got.must_have("content-type"), "image/png");
        assert_eq!(got.must_have("content-length"), bytes.len().to_string());
        assert_eq!(got.must_have("x-content-type-options"), "nosniff");
        assert_eq!(got.must_have("content-security-policy"), "sandbox; default-src 'none'");
        let disposition = got.must_have("content-disposition");
        assert!(disposition.starts_with("attachment; filename=\"Gr"), "{disposition}");
        assert!(disposition.contains("filename*=UTF-8''Gr%C3%B6%C3%9Fe%20"), "{disposition}");
        let head = person.send("HEAD", url, |request| request);
        assert_eq!((head.status, head.body.len()), (200, 0));
        assert_eq!(head.must_have("content-length"), bytes.len().to_string());
    }
    desk.nobody().get(url).problem_of(401);
    scene.bob.get(url).refused(404, "not_found");
    let id = file["id"].as_str().unwrap();
    // Not by way of a ticket of one's own either.
    scene.bob.get(&format!("/support/tickets/{}/attachments/{id}", scene.other)).refused(404, "not_found");
    for wrong in [ABSENT, "x", "..%2f..%2fetc%2fpasswd"] {
        scene
            .ann
            .get(&format!("/support/tickets/{}/attachments/{wrong}", scene.ticket))
            .refused(404, "not_found");
    }
    upload(&scene.bob, &scene.ticket, png("a.png", &bytes)).refused(404, "not_found");
    upload(&desk.nobody(), &scene.ticket, png("a.png", &bytes)).problem_of(401);
    desk.resolve(&scene.lou, &scene.ticket);
    scene.ann.patch(&format!("/support/tickets/{}", scene.ticket), &json!({ "status": "closed" })).is(200);
    upload(&scene.ann, &scene.ticket, png("a.png", &bytes)).refused(409, "ticket_closed");
    assert_eq!(scene.ann.get(url).status, 200, "what is there stays");
});

#[test]
fn files_lie_under_their_ids_for_the_server_alone() {
    let desk = Desk::start(support_tests::Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let file = uploaded(&scene.ann, &scene.ticket, png("../../secret.png", &files::png(b"")));
    let objects = desk.server.data_directory().join("attachments/objects");
    assert_eq!(stored(&desk, "attachments/objects"), [objects.join(file["id"].as_str().unwrap())]);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&objects), 0o700);
    assert_eq!(mode(&stored(&desk, "attachments/objects")[0]), 0o600);
    // What arrives has no name on the disk, so it leaves nothing behind.
    assert_eq!(stored(&desk, "incoming"), Vec::<std::path::PathBuf>::new());
    assert!(!desk.server.log().contains("secret"), "names of files stay out of the log");
}

for_each_database!(files_are_sent_with_messages, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    let text = File { name: "notes.log", claimed: "text/html", bytes: "größe\n".as_bytes() };
    let first = uploaded(&scene.ann, &scene.ticket, png("a.png", &files::png(b"")));
    let second = uploaded(&scene.ann, &scene.ticket, text);
    assert_eq!(second["type"], "text/plain", "the bytes say what it is");
    let ids = json!([first["id"], second["id"]]);
    let path = format!("/support/tickets/{}/messages", scene.ticket);
    let body = json!({ "message": "see here", "attachments": ids, "clientMessageId": "c1" });
    let message = scene.ann.post(&path, &body).is(201);
    assert_eq!(message["attachments"], json!([first, second]));
    assert_eq!(scene.ann.post(&path, &body).is(200), message, "repeated");
    assert_eq!(desk.messages(&scene.ticket).last(), Some(&message));
    let actions = desk.actions(&scene.ticket);
    assert!(
        actions.ends_with(&["message_sent", "attachment_added", "attachment_added"].map(str::to_owned)),
        "{actions:?}"
    );
    assert!(desk.server.run(&["audit", "verify"]).is_ok());

    let foreign = uploaded(&scene.lou, &scene.ticket, png("b.png", &files::png(b"")));
    let elsewhere = uploaded(&scene.bob, &scene.other, png("b.png", &files::png(b"")));
    let wrong = json!([first["id"], foreign["id"], elsewhere["id"], ABSENT]);
    let refused = scene
        .ann
        .post(&path, &json!({ "message": "x", "attachments": wrong }))
        .refused(422, "validation_failed");
    assert_eq!(pointers(&refused), ["/attachments/0", "/attachments/1", "/attachments/2", "/attachments/3"]);
    let many = vec![ABSENT; 11];
    let refused = scene
        .ann
        .post(&path, &json!({ "message": "x", "attachments": many }))
        .refused(422, "validation_failed");
    assert_eq!(pointers(&refused), ["/attachments"]);
});

for_each_database!(files_are_sent_over_sockets, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    for transport in [Transport::Plain, Transport::SocketIo] {
        let (mut ann, mut lou) = (transport.enter(desk, &scene.ann), transport.enter(desk, &scene.lou));
        lou.join(&scene.ticket);
        let file = uploaded(&scene.ann, &scene.ticket, png("a.png", &files::png(b"")));
        let message = json!({ "ticketId": scene.ticket, "message": "see here", "attachments": [file["id"]] });
        let sent = ann.done("send_message", &message);
        assert_eq!(sent["message"]["attachments"], json!([file]));
        assert_eq!(lou.hears("new_message"), sent["message"]);
        let refused: Value = ann.refused("send_message", &message, 422, "validation_failed");
        assert_eq!(pointers(&refused), ["/attachments/0"]);
    }
});
