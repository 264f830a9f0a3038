//! What is not taken, and how that is told.

use serde_json::{Value, json};
use support_tests::testkit::files::{self, Archive};
use support_tests::{Answer, Backend, Desk, pointers};

use crate::form::{File, content_type, form, png, post, upload, uploaded};
use crate::scene::{Scene, stored};

/// A Word document that is a few kilobytes long and unpacks to 3 MB, and says so or not.
fn bomb(claimed: Option<u32>) -> Vec<u8> {
    let mut archive = Archive::default();
    archive.add("[Content_Types].xml", b"<Types/>");
    archive.add("word/document.xml", b"<w:document/>");
    archive.claimed = claimed;
    archive.add("word/media/image1.bin", &vec![0; 3_000_000]);
    archive.finish()
}

/// A bare archive that is a few kilobytes long and unpacks to 10 MB.
fn bare_bomb() -> Vec<u8> {
    let mut archive = Archive::default();
    archive.add("zeros", &vec![0; 10_000_000]);
    archive.finish()
}

#[test]
fn hostile_files_are_refused_with_a_reason() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let with = |bytes: Vec<u8>, more: &[u8]| [bytes, more.to_vec()].concat();
    let page = b"<!DOCTYPE html><html><script>alert(1)</script></html>".to_vec();
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".to_vec();
    let cases: [(&str, Vec<u8>, u16, &str, &str); 15] = [
        ("page.png", page.clone(), 415, "unsupported_media_type", "image/png, image/jpeg"),
        ("image.svg", svg, 415, "unsupported_media_type", "allowed types"),
        ("script.txt", b"#!/bin/sh\nrm -rf /\n".to_vec(), 415, "unsupported_media_type", "allowed types"),
        ("a.exe", with(b"MZ\x90\0".to_vec(), &[0; 100]), 415, "unsupported_media_type", "allowed types"),
        ("page-behind.png", with(files::png(b""), &page), 422, "attachment_refused", "behind its end"),
        ("page-inside.png", files::png(&page), 422, "attachment_refused", "a web page or a script"),
        ("page.gif", with(files::gif(), &page), 422, "attachment_refused", "behind its end"),
        ("page.jpg", with(files::jpeg(), &page), 422, "attachment_refused", "behind the end"),
        ("jar.png", with(files::png(b""), &bare_bomb()), 422, "attachment_refused", "behind its end"),
        ("pdf.png", files::png(&files::pdf("x")), 422, "attachment_refused", "a PDF document"),
        ("jar.pdf", with(files::pdf("x"), &bare_bomb()), 422, "attachment_refused", "behind its end"),
        ("bomb.zip", bare_bomb(), 415, "unsupported_media_type", "allowed types"),
        ("bomb.docx", bomb(None), 422, "attachment_refused", "unpacks to far more"),
        ("liar.docx", bomb(Some(10)), 422, "attachment_refused", "unpacks to far more"),
        ("cut.png", files::png(b"x")[..40].to_vec(), 422, "attachment_refused", "cut off"),
    ];
    for (name, bytes, status, code, why) in cases {
        let refused = upload(&scene.ann, &scene.ticket, png(name, &bytes)).refused(status, code);
        assert!(refused["detail"].as_str().unwrap().contains(why), "{name}: {refused}");
    }
    assert_eq!(stored(&desk, "attachments/objects").len(), 0, "nothing of it is kept");
    assert_eq!(stored(&desk, "incoming").len(), 0);
}

#[test]
fn hostile_names_are_cleaned_or_refused() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let image = files::png(b"");
    for (name, expected) in [
        ("../../etc/passwd", "passwd.png"),
        ("..%2f..%2fa.png", "%2f..%2fa.png"),
        ("/etc/cron.d/x.png", "x.png"),
        ("page.html", "page.html.png"),
        ("invoice\u{202E}gnp.exe", "invoicegnp.exe.png"),
        ("CON.png", "_CON.png"),
        ("", "file.png"),
    ] {
        let file = uploaded(&scene.ann, &scene.ticket, png(name, &image));
        assert_eq!(file["name"], expected, "{name}");
    }
    let passwd =
        File { name: "../../etc/passwd", claimed: "text/plain", bytes: b"root:x:0:0:root:/:/bin/sh\n" };
    let file = uploaded(&scene.ann, &scene.ticket, passwd);
    assert_eq!((&file["name"], &file["type"]), (&json!("passwd.txt"), &json!("text/plain")));
    let long = format!("{}.png", "n".repeat(3_996));
    let refused = upload(&scene.ann, &scene.ticket, png(&long, &image)).refused(422, "validation_failed");
    assert_eq!(pointers(&refused), ["/file"]);
    let longer = "n".repeat(200_000);
    upload(&scene.ann, &scene.ticket, png(&longer, &image)).refused(400, "malformed_request");
    let fits = format!("{}.png", "漢".repeat(251));
    let file = uploaded(&scene.ann, &scene.ticket, png(&fits, &image));
    let name = file["name"].as_str().unwrap();
    assert!(name.len() <= 255 && name.ends_with("漢.png"), "{name}");
    assert!(!desk.server.log().contains("passwd"), "names of files stay out of the log");
}

#[test]
fn a_form_has_one_file_and_nothing_else() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    let scene = Scene::set(&desk);
    let image = files::png(b"");
    let invalid =
        |body: Vec<u8>| -> Value { post(&scene.ann, &scene.ticket, body).refused(422, "validation_failed") };
    let file = png("a.png", &image);
    for (body, pointer) in [
        (form(&[], &[]), "/file"),
        (form(&[file, file], &[]), "/file"),
        (form(&[file], &[("note", "x")]), "/note"),
        (form(&[], &[("note", "x")]), "/note"),
        (form(&[png("a.png", b"")], &[]), "/file"),
    ] {
        assert_eq!(pointers(&invalid(body)), [pointer]);
    }
    let path = format!("/support/tickets/{}/attachments", scene.ticket);
    let send = |kind: &str, body: &[u8]| scene.ann.send("POST", &path, |request| request.body(kind, body));
    send("application/json", b"{}").refused(415, "unsupported_media_type");
    send("multipart/form-data", b"x").refused(400, "malformed_request");
    let whole = form(&[file], &[]);
    send(&content_type(), &whole[..whole.len() - 20]).refused(400, "malformed_request");
    send(&content_type(), b"").refused(400, "malformed_request");
    send(&content_type(), b"no form at all").refused(400, "malformed_request");
    scene
        .ann
        .send("POST", &format!("{path}?x=1"), |request| request.body(&content_type(), whole.clone()))
        .problem_of(422);
    scene.ann.get(&path).refused(405, "method_not_allowed");
    assert_eq!(stored(&desk, "attachments/objects").len(), 0);
}
