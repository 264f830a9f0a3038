//! A desk with a ticket on it, which speaks TLS from then on.

use std::fs;
use std::net::SocketAddr;

use serde_json::json;
use support_tests::{Answer, Backend, Desk, Person};

use crate::authority::Authority;

const DEPARTMENT: &str = "Technical Support";

/// A desk that speaks TLS with the authority's `served.pem`.
pub(crate) struct Scene {
    pub(crate) authority: Authority,
    pub(crate) desk: Desk,
    pub(crate) address: SocketAddr,
    /// Has opened the ticket.
    pub(crate) ann: Person,
    /// Works on the ticket.
    pub(crate) lou: Person,
    pub(crate) ticket: String,
}

impl Scene {
    /// What is to be there beforehand is made over plain HTTP; then the server comes back with TLS.
    #[track_caller]
    pub(crate) fn set(certificate: &str) -> Self {
        let authority = Authority::new();
        authority.serve(certificate);
        let mut desk = Desk::start(Backend::Sqlite).unwrap();
        desk.department(DEPARTMENT, 1, &["technical"]);
        let (ann, lou) = (desk.customer(1), desk.hire("Lou", DEPARTMENT, 1));
        let ticket = desk.open(&ann, "technical");
        desk.assign(&ticket, &lou);
        desk.server.stop().unwrap();
        let settings = format!(
            "tls_cert = '{}'\ntls_key = '{}'\n",
            authority.at("served.pem"),
            authority.at("served.key")
        );
        fs::write(desk.server.data_directory().parent().unwrap().join("support.toml"), settings).unwrap();
        desk.server.start().unwrap();
        let address = desk.server.address().unwrap();
        Self { authority, desk, address, ann, lou, ticket }
    }

    /// How many sockets the server holds.
    pub(crate) fn sockets(&self) -> usize {
        let descriptors = format!("/proc/{}/fd", self.desk.server.pid().unwrap());
        let targets =
            fs::read_dir(descriptors).unwrap().filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
        targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count()
    }
}

/// Sends a message over HTTP.
#[track_caller]
pub(crate) fn say(person: &Person, ticket: &str, message: &str) {
    person.post(&format!("/support/tickets/{ticket}/messages"), &json!({ "message": message })).is(201);
}
