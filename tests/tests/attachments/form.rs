//! Uploads, as browsers make them.

use serde_json::Value;
use support_tests::{Answer, Person, Response};

const BOUNDARY: &str = "----a-boundary-of-the-tests";

/// A file of a form.
#[derive(Clone, Copy)]
pub(crate) struct File<'a> {
    pub(crate) name: &'a str,
    pub(crate) claimed: &'a str,
    pub(crate) bytes: &'a [u8],
}

pub(crate) const fn png<'a>(name: &'a str, bytes: &'a [u8]) -> File<'a> {
    File { name, claimed: "image/png", bytes }
}

pub(crate) fn content_type() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

/// What stands before the bytes of a form's first file.
pub(crate) fn opening(name: &str) -> String {
    format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: image/png\r\n\r\n"
    )
}

/// A form with these files, and fields that are none.
pub(crate) fn form(files: &[File<'_>], fields: &[(&str, &str)]) -> Vec<u8> {
    let mut body = Vec::new();
    for File { name, claimed, bytes } in files {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {claimed}\r\n\r\n"
        );
        body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    }
    for (name, value) in fields {
        body.extend(
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .as_bytes(),
        );
    }
    body.extend(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

/// Sends a form.
#[track_caller]
pub(crate) fn post(person: &Person, ticket: &str, body: Vec<u8>) -> Response {
    let path = format!("/support/tickets/{ticket}/attachments");
    person.send("POST", &path, |request| request.body(&content_type(), body))
}

/// Uploads a file.
#[track_caller]
pub(crate) fn upload(person: &Person, ticket: &str, file: File<'_>) -> Response {
    post(person, ticket, form(&[file], &[]))
}

/// Uploads a file that must be taken, and answers what is said of it.
#[track_caller]
pub(crate) fn uploaded(person: &Person, ticket: &str, file: File<'_>) -> Value {
    upload(person, ticket, file).is(201)
}
